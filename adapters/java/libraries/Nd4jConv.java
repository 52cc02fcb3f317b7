import java.util.Arrays;
import java.util.List;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J, the arrays of Deeplearning4j: its conv2d, and conv2d_bp for the gradients. */
public class Nd4jConv extends Conv2dSubject {
  Nd4jConv() {
    super("ND4J", "1.0.0-M2.1");
    offer("dtypes", "float32", "float64");
    offer("layouts", "nchw");
    offer("padding_modes", "zeros");
    offer("directions", "forward", "backward");
    about.put("description", "Nd4j.cnn().conv2d, conv2d_bp");
    about.put("url", "https://deeplearning4j.konduit.ai");
    about.put("own", List.of("shape"));
    about.put("environment", "threads=" + System.getenv("OMP_NUM_THREADS"));
  }

  private static INDArray imported(Tensor t) {
    DataType type = t.dtype.equals("float64") ? DataType.DOUBLE : DataType.FLOAT;
    if (Arrays.stream(t.shape).anyMatch(n -> n == 0)) return Nd4j.create(type, t.shape);
    INDArray flat = type == DataType.DOUBLE ? Nd4j.createFromArray(t.doubles()) : Nd4j.createFromArray(t.floats());
    return flat.reshape(t.shape);
  }

  private static byte[] exported(INDArray a) {
    if (a.isEmpty()) return new byte[0];
    INDArray flat = a.dup('c').reshape(a.length());
    return payload(a.dataType() == DataType.DOUBLE ? flat.toDoubleVector() : (Object) flat.toFloatVector());
  }

  /** The numbers that its operators take: all but the last three are pairs of int. */
  private static long[] numbers(Params p) {
    long[] k = p.kernelSize, s = p.stride, d = p.dilation, pad = p.padding == null ? new long[2] : p.padding;
    long same = "same".equals(p.paddingWord) ? 1 : 0, nchw = 0;
    return new long[] {k[0], k[1], s[0], s[1], pad[0], pad[1], d[0], d[1], same, nchw, WeightsFormat.OIYX.ordinal()};
  }

  @Override public long[] outputShape(Params p, long[] input) throws Exception {
    if (p.groups != 1) throw new Unsupported("groups");
    if (input.length != 4) throw new Unsupported("inputs without a batch");
    for (long n : numbers(p)) if (n > Integer.MAX_VALUE) throw new Unsupported("parameters beyond 32 bits");
    return p.torchShape(input);
  }

  @Override public byte[] forward(Params p, Tensor input, Tensor weight, Tensor bias) {
    long[] n = numbers(p);
    Conv2DConfig config = Conv2DConfig.builder().kH(n[0]).kW(n[1]).sH(n[2]).sW(n[3]).pH(n[4]).pW(n[5]).dH(n[6]).dW(n[7])
        .paddingMode(n[8] == 1 ? PaddingMode.SAME : PaddingMode.VALID).dataFormat("NCHW").weightsFormat(WeightsFormat.OIYX).build();
    INDArray x = imported(input), w = imported(weight);
    return exported(bias == null ? Nd4j.cnn().conv2d(x, w, config) : Nd4j.cnn().conv2d(x, w, imported(bias), config));
  }

  @Override public byte[][] backward(Params p, Tensor input, Tensor weight, Tensor gradOutput) throws Exception {
    outputShape(p, input.shape);
    INDArray x = imported(input), w = imported(weight), gy = imported(gradOutput);
    INDArray b = Nd4j.zeros(x.dataType(), p.outChannels);
    INDArray[] gradients = {x.ulike(), w.ulike(), b.ulike()};
    Nd4j.exec(DynamicCustomOp.builder("conv2d_bp").addInputs(x, w, b, gy).addOutputs(gradients)
        .addIntegerArguments(Arrays.stream(numbers(p)).mapToInt(Math::toIntExact).toArray()).build());
    return new byte[][] {exported(gradients[0]), exported(gradients[1]), exported(gradients[2])};
  }

  public static void main(String[] arguments) throws Exception {
    new Nd4jConv().serve();
  }
}
