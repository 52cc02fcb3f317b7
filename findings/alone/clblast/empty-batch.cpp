/* CLBlast's Convgemm takes no batch of 0 images: its status is -2049, kInvalidBatchCount.
   g++ -std=c++17 empty-batch.cpp -lclblast -lOpenCL
   Proof: confirmed */

#define CL_TARGET_OPENCL_VERSION 120
#include <clblast.h>
#include <cstdio>

int main () {
  cl_platform_id platform;
  cl_device_id device;
  cl_int error;
  clGetPlatformIDs(1, &platform, nullptr);
  clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr);
  cl_context context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, &error);
  cl_command_queue queue = clCreateCommandQueue(context, device, 0, &error);
  cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE, 4096, nullptr, &error);
  auto status =
      clblast::Convgemm<float>(clblast::KernelMode::kCrossCorrelation, 3, 3, 3, 3, 3, 0, 0, 1, 1, 1,
                               1, 3, 0, memory, 0, memory, 0, memory, 0, &queue);
  printf("status %d\n", static_cast<int>(status));
  puts(status == clblast::StatusCode::kInvalidBatchCount ? "confirmed" : "not reproduced");
}
