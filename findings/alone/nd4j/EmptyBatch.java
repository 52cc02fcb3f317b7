// ND4J 1.0.0-M2.1: conv2d of an empty batch, with weights OIYX and a bias, aborts.
// Run from the root of the repository: java -cp 'adapters/installed/java/lib/*' findings/alone/nd4j/EmptyBatch.java
// Proof: confirmed

import java.util.List;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

public class EmptyBatch {
  /** The process crashes, so that a process of its own is asked. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      INDArray x = Nd4j.create(DataType.FLOAT, 0, 4, 6, 7), w = Nd4j.ones(DataType.FLOAT, 6, 4, 3, 3), b = Nd4j.ones(DataType.FLOAT, 6);
      Conv2DConfig config = Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).dH(1).dW(1).dataFormat("NCHW")
          .weightsFormat(WeightsFormat.OIYX).build();
      System.out.println(Nd4j.cnn().conv2d(x, w, b, config).shapeInfoToString());
      return;
    }
    List<String> again = List.of("java", "-XX:+SuppressFatalErrorMessage", "-cp", System.getProperty("java.class.path"),
        "findings/alone/nd4j/EmptyBatch.java", "here");
    int status = new ProcessBuilder(again).inheritIO().start().waitFor();
    System.out.println("exit status " + status);
    System.out.println(status > 128 ? "confirmed" : "not reproduced");
  }
}
