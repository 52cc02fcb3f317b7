/* OpenCV's dnn module takes no empty batch: its check of shapes wants more than 0 elements.
   g++ -isystem /usr/include/opencv4 empty-batch.cpp -lopencv_dnn -lopencv_core
   Proof: confirmed */

#include <cstdio>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

int main () {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const int sizes[] = { 3, 3, 3, 3 };
  cv::dnn::LayerParams l;
  l.set("num_output", 3);
  l.set("kernel_h", 3);
  l.set("kernel_w", 3);
  l.set("bias_term", false);
  l.blobs.push_back(cv::Mat::ones(4, sizes, CV_32F));
  cv::dnn::Net net;
  net.addLayerToPrev("convolution", "Convolution", l);
  std::vector<cv::dnn::MatShape> in, out;
  try {
    net.getLayerShapes(cv::dnn::MatShape{ 0, 3, 3, 3 }, 1, in, out);
    puts("not reproduced");
  } catch (const cv::Exception &e) {
    puts(e.err.c_str());
    puts("confirmed");
  }
}
