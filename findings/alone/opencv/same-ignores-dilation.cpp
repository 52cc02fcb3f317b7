/* OpenCV's dnn module pads for "SAME" as if the kernel were not dilated: two taps of dilation 3
   need 3 columns of padding, and get 1.
   g++ -isystem /usr/include/opencv4 same-ignores-dilation.cpp -lopencv_dnn -lopencv_core
   Proof: confirmed */

#include <cstdio>
#include <opencv2/dnn.hpp>

int main () {
  float x[5] = { 1, 2, 3, 4, 5 }, w[2] = { 1, 10 };
  int image[] = { 1, 1, 1, 5 }, kernel[] = { 1, 1, 1, 2 };
  cv::dnn::LayerParams l;
  l.set("num_output", 1);
  l.set("kernel_h", 1);
  l.set("kernel_w", 2);
  l.set("dilation_w", 3);
  l.set("dilation_h", 1);
  l.set("pad_mode", "SAME");
  l.set("bias_term", false);
  l.blobs.push_back(cv::Mat(4, kernel, CV_32F, w));
  cv::dnn::Net net;
  net.addLayerToPrev("convolution", "Convolution", l);
  net.setInput(cv::Mat(4, image, CV_32F, x));
  cv::Mat y = net.forward();
  printf("%d columns in, %d out:", 5, y.size[3]);
  for (int i = 0; i < y.size[3]; i++)
    printf(" %g", y.ptr<float>()[i]);
  /* One column before, two after: 0,3 1,4 2,5 3,- 4,- */
  const float right[] = { 30, 41, 52, 3, 4 };
  bool equal = y.size[3] == 5;
  for (int i = 0; i < 5 && equal; i++)
    equal = y.ptr<float>()[i] == right[i];
  printf("\n%s\n", equal ? "not reproduced" : "confirmed");
}
