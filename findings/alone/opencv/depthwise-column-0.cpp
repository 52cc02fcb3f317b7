/* OpenCV's dnn module computes the first column of a depthwise 3x3 convolution wrongly where
   padding is less than dilation and the output is wide: padding 1, dilation 2, two channels of
   20x20. With one column of the image less it is right.
   g++ -isystem /usr/include/opencv4 depthwise-column-0.cpp -lopencv_dnn -lopencv_core
   Proof: confirmed */

#include <cstdio>
#include <opencv2/dnn.hpp>

enum { CHANNELS = 2, PADDING = 1, DILATION = 2 };

static cv::Mat convolve (const cv::Mat &image, const cv::Mat &weight) {
  cv::dnn::LayerParams l;
  l.set("num_output", (int) CHANNELS);
  l.set("group", (int) CHANNELS);
  l.set("kernel_size", 3);
  l.set("pad", (int) PADDING);
  l.set("dilation", (int) DILATION);
  l.set("bias_term", false);
  l.blobs.push_back(weight);
  cv::dnn::Net net;
  net.addLayerToPrev("convolution", "Convolution", l);
  net.setInput(image);
  return net.forward().clone();
}

static float right (const cv::Mat &image, const cv::Mat &weight, int k, int i, int j, int size) {
  float sum = 0;
  for (int r = 0; r < 3; r++)
    for (int s = 0; s < 3; s++) {
      int h = i + r * DILATION - PADDING, w = j + s * DILATION - PADDING;
      if (h >= 0 && h < size && w >= 0 && w < size)
        sum +=
            image.ptr<float>()[(k * size + h) * size + w] * weight.ptr<float>()[k * 9 + r * 3 + s];
    }
  return sum;
}

/* Counts what is wrong in column 0, and elsewhere. All numbers are small integers. */
static void count_wrong (int size, int wrong[2]) {
  int shape[] = { 1, CHANNELS, size, size }, kernel[] = { CHANNELS, 1, 3, 3 };
  cv::Mat image(4, shape, CV_32F), weight(4, kernel, CV_32F);
  for (int i = 0; i < CHANNELS * size * size; i++)
    image.ptr<float>()[i] = (float) (i * 7 % 23 - 11);
  for (int i = 0; i < CHANNELS * 9; i++)
    weight.ptr<float>()[i] = (float) (i * 5 % 19 - 9);
  cv::Mat y = convolve(image, weight);
  const int out = size - 2;
  wrong[0] = wrong[1] = 0;
  for (int k = 0; k < CHANNELS; k++)
    for (int i = 0; i < out; i++)
      for (int j = 0; j < out; j++)
        wrong[j > 0] +=
            y.ptr<float>()[(k * out + i) * out + j] != right(image, weight, k, i, j, size);
  printf("%dx%d: %d wrong in column 0, %d in others\n", size, size, wrong[0], wrong[1]);
}

int main () {
  int small[2], large[2];
  count_wrong(8, small);
  count_wrong(20, large);
  bool confirmed = small[0] + small[1] == 0 && large[0] > 0 && large[1] == 0;
  puts(confirmed ? "confirmed" : "not reproduced");
}
