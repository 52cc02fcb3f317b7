/* OpenCV's dnn module reads outside of an image of one row in a depthwise 3x3 convolution with
   padding 1: the row above and the row below are padding, but both are taken from memory beside the
   image. Two rows of 33 pixels suffice; which elements are wrong depends on that memory.
   g++ -isystem /usr/include/opencv4 depthwise-one-row.cpp -lopencv_dnn -lopencv_core
   Proof: confirmed */

#include <cstdio>
#include <opencv2/dnn.hpp>

enum { CHANNELS = 2, WIDTH = 33 };

static cv::Mat convolve (const cv::Mat &image, const cv::Mat &weight) {
  cv::dnn::LayerParams l;
  l.set("num_output", (int) CHANNELS);
  l.set("group", (int) CHANNELS);
  l.set("kernel_size", 3);
  l.set("pad", 1);
  l.set("bias_term", false);
  l.blobs.push_back(weight);
  cv::dnn::Net net;
  net.addLayerToPrev("convolution", "Convolution", l);
  net.setInput(image);
  return net.forward().clone();
}

/* How many elements are wrong. Only the middle row of the kernel meets the image. */
static int count_wrong () {
  int shape[] = { 1, CHANNELS, 1, WIDTH }, kernel[] = { CHANNELS, 1, 3, 3 };
  cv::Mat image(4, shape, CV_32F), weight(4, kernel, CV_32F);
  for (int i = 0; i < CHANNELS * WIDTH; i++)
    image.ptr<float>()[i] = (float) (i * 7 % 23 - 11);
  for (int i = 0; i < CHANNELS * 9; i++)
    weight.ptr<float>()[i] = (float) (i * 5 % 19 - 9);
  cv::Mat y = convolve(image, weight);
  int wrong = 0;
  for (int k = 0; k < CHANNELS; k++)
    for (int j = 0; j < WIDTH; j++) {
      float sum = 0;
      for (int s = 0; s < 3; s++)
        if (j + s - 1 >= 0 && j + s - 1 < WIDTH)
          sum += image.ptr<float>()[k * WIDTH + j + s - 1] * weight.ptr<float>()[k * 9 + 3 + s];
      wrong += y.ptr<float>()[k * WIDTH + j] != sum;
    }
  return wrong;
}

int main () {
  const int wrong = count_wrong();
  printf("%d of %d elements are wrong\n", wrong, CHANNELS * WIDTH);
  puts(wrong > 0 ? "confirmed" : "not reproduced");
}
