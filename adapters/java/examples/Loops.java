/** A whole subject: plain loops over batches without groups, of float32 and complex64. */
public class Loops extends Conv2dSubject {
  Loops() {
    super("loops", "1");
    offer("dtypes", "float32", "complex64");
    offer("padding_modes", "zeros");
    offer("directions", "forward");
    about.put("own", java.util.List.of("shape"));
  }

  @Override public byte[] forward(Params p, Tensor input, Tensor weight, Tensor bias) throws Exception {
    if (p.groups != 1 || input.shape.length != 4) throw new Unsupported("groups, unbatched inputs");
    long[] in = input.shape, out = p.torchShape(in), k = p.kernelSize, s = p.stride, d = p.dilation;
    float[] x = input.floats(), w = weight.floats(), b = bias == null ? null : bias.floats();
    int parts = p.dtype.equals("complex64") ? 2 : 1;
    float[] y = new float[parts * (int) (out[0] * out[1] * out[2] * out[3])];
    for (int at = 0; at < y.length / parts; at++) {
      long j = at % out[3], i = at / out[3] % out[2], o = at / out[3] / out[2] % out[1], n = at / out[3] / out[2] / out[1];
      double real = b == null ? 0 : b[parts * (int) o], imaginary = b == null ? 0 : b[parts * (int) o + parts - 1];
      for (long tap = 0; tap < in[1] * k[0] * k[1]; tap++) {
        long h = i * s[0] + tap / k[1] % k[0] * d[0] - p.margins(0)[0], v = j * s[1] + tap % k[1] * d[1] - p.margins(1)[0];
        if (h < 0 || h >= in[2] || v < 0 || v >= in[3]) continue;
        int a = parts * (int) (((n * in[1] + tap / k[1] / k[0]) * in[2] + h) * in[3] + v), c = parts * (int) (o * in[1] * k[0] * k[1] + tap);
        real += (double) x[a] * w[c];
        if (parts == 1) continue;
        real -= (double) x[a + 1] * w[c + 1];
        imaginary += (double) x[a] * w[c + 1] + (double) x[a + 1] * w[c];
      }
      y[parts * at + parts - 1] = (float) imaginary;
      y[parts * at] = (float) real;
    }
    return payload(y);
  }

  public static void main(String[] arguments) throws Exception {
    new Loops().serve();
  }
}
