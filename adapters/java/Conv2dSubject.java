import java.io.*;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.*;

/**
 * The child's side of the process bridge of conv2d-cts (specs/pipe.md): extend it by your convolution, and call
 * {@link #serve}. examples/Loops.java is a whole subject. Run it with java -XX:-UsePerfData, as the machine's own
 * counters would be announced on standard output.
 */
public abstract class Conv2dSubject {
  /** The reply to hello, in the words of specs/pipe.md; without capabilities every case is sent. */
  protected final Map<String, Object> about = new LinkedHashMap<>();

  protected Conv2dSubject(String name, String version) {
    about.putAll(Map.of("name", name, "version", version));
  }

  /** What is offered: dtypes, layouts, padding_modes or directions. */
  @SuppressWarnings("unchecked")
  protected final void offer(String kind, String... words) {
    ((Map<String, Object>) about.computeIfAbsent("capabilities", k -> new LinkedHashMap<>())).put(kind, List.of(words));
  }

  /** The shape of the output: that of torch.nn.Conv2d, if it is not overridden. */
  public long[] outputShape(Params p, long[] input) throws Exception {
    return p.torchShape(input);
  }

  /** The output's payload, {@link #payload}; bias is null where p.bias is false. */
  public abstract byte[] forward(Params p, Tensor input, Tensor weight, Tensor bias) throws Exception;

  /** The payloads of the gradients of input, weight and bias. */
  public byte[][] backward(Params p, Tensor input, Tensor weight, Tensor gradOutput) throws Exception {
    throw new Unsupported("there is no backward");
  }

  /** A valid call that is not offered. */
  @SuppressWarnings("serial")
  public static class Unsupported extends Exception {
    public Unsupported(String why) { super(why); }
  }

  /** A call that breaks a rule of specs/. What else is thrown is never right for a valid call. */
  @SuppressWarnings("serial")
  public static class Invalid extends Exception {
    public Invalid(String why) { super(why); }
  }

  /** The arguments of torch.nn.Conv2d; pairs are height, width. */
  public static final class Params {
    public final long inChannels, outChannels, groups;
    public final long[] kernelSize, stride, dilation;
    /** A pair; null where paddingWord is "same" or "valid". */
    public final long[] padding;
    public final String paddingWord, paddingMode, dtype;
    public final boolean bias;

    Params(Map<?, ?> o) {
      inChannels = Json.number(o.get("in_channels"));
      outChannels = Json.number(o.get("out_channels"));
      groups = Json.number(o.get("groups"));
      kernelSize = Json.numbers(o.get("kernel_size"));
      stride = Json.numbers(o.get("stride"));
      dilation = Json.numbers(o.get("dilation"));
      paddingWord = o.get("padding") instanceof String ? (String) o.get("padding") : null;
      padding = paddingWord == null ? Json.numbers(o.get("padding")) : null;
      paddingMode = (String) o.get("padding_mode");
      dtype = (String) o.get("dtype");
      bias = Boolean.TRUE.equals(o.get("bias"));
    }

    /** Padding before and after axis 0 (rows) or 1 (columns). */
    public long[] margins(int axis) {
      long whole = dilation[axis] * (kernelSize[axis] - 1);
      if (paddingWord == null) return new long[] {padding[axis], padding[axis]};
      return paddingWord.equals("same") ? new long[] {whole / 2, whole - whole / 2} : new long[2];
    }

    public long[] torchShape(long[] input) throws Invalid {
      if (input.length < 3) throw new Invalid("an input of shape " + Arrays.toString(input));
      long[] shape = input.clone();
      shape[shape.length - 3] = outChannels;
      for (int a = 0; a < 2; a++) shape[shape.length - 2 + a] = extent(a, input[shape.length - 2 + a]);
      return shape;
    }

    /** The output's rows or columns; parameters may have all 64 bits. */
    private long extent(int axis, long size) throws Invalid {
      if (stride[axis] < 1) throw new Invalid("a stride below 1");
      BigInteger span = BigInteger.valueOf(size - 1);
      BigInteger kernel = BigInteger.valueOf(dilation[axis]).multiply(BigInteger.valueOf(kernelSize[axis] - 1));
      if (!"same".equals(paddingWord)) span = span.subtract(kernel);
      if (padding != null) span = span.add(BigInteger.valueOf(padding[axis]).shiftLeft(1));
      if (span.signum() < 0 || span.bitLength() > 63) throw new Invalid("the output would have no or too many elements");
      return span.longValue() / stride[axis] + 1;
    }
  }

  /** A tensor: its elements as they lie in the runner's memory, gaps included. Strides count elements. */
  public static final class Tensor {
    public final String name, dtype;
    public final long[] shape, strides;
    public final int offset;
    public final ByteBuffer memory;

    Tensor(Map<?, ?> o, DataInputStream from) throws IOException {
      name = (String) o.get("name");
      dtype = (String) o.get("dtype");
      shape = Json.numbers(o.get("shape"));
      strides = Json.numbers(o.get("strides"));
      offset = (int) Json.number(o.get("offset"));
      memory = ByteBuffer.wrap(from.readNBytes((int) Json.number(o.get("bytes")))).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where each element lies, in row-major order. */
    private int[] places() {
      int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b), at = offset;
      int[] list = new int[count], index = new int[shape.length];
      for (int i = 0; i < count; i++) {
        list[i] = at;
        for (int axis = index.length - 1; axis >= 0; axis--) {
          at += strides[axis];
          if (++index[axis] < shape[axis]) break;
          at -= index[axis] * strides[axis];
          index[axis] = 0;
        }
      }
      return list;
    }

    /** Numbers for each element: 2 of a complex dtype, its real and its imaginary part. */
    private int parts() {
      return dtype.startsWith("complex") ? 2 : 1;
    }

    /** The elements of a float32 or complex64 tensor, compact and row-major; of a complex one both parts in turn. */
    public float[] floats() {
      int[] places = places();
      int parts = parts();
      float[] list = new float[parts * places.length];
      for (int i = 0; i < list.length; i++) list[i] = memory.getFloat(4 * (parts * places[i / parts] + i % parts));
      return list;
    }

    /** The same of a float64 or complex128 tensor. */
    public double[] doubles() {
      int[] places = places();
      int parts = parts();
      double[] list = new double[parts * places.length];
      for (int i = 0; i < list.length; i++) list[i] = memory.getDouble(8 * (parts * places[i / parts] + i % parts));
      return list;
    }
  }

  /** The payload of a result, from its elements in row-major order: float[] or double[], both parts of complex ones in turn. */
  public static byte[] payload(Object elements) {
    boolean wide = elements instanceof double[];
    int count = Array.getLength(elements);
    ByteBuffer to = ByteBuffer.allocate(count * (wide ? 8 : 4)).order(ByteOrder.LITTLE_ENDIAN);
    if (wide) to.asDoubleBuffer().put((double[]) elements);
    else to.asFloatBuffer().put((float[]) elements);
    return to.array();
  }

  // ---- the wire

  private List<byte[]> payloads(Map<?, ?> q, Map<String, Tensor> t, Map<String, Object> reply) throws Exception {
    if (q.get("op").equals("hello")) {
      reply.putAll(about);
      reply.put("protocol", 1);
      return null;
    }
    Params p = new Params((Map<?, ?>) q.get("params"));
    switch ((String) q.get("op")) {
      case "output_shape":
        reply.put("shape", outputShape(p, Json.numbers(q.get("shape"))));
        return null;
      case "forward":
        return List.of(forward(p, t.get("input"), t.get("weight"), t.get("bias")));
      case "backward":
        return asked(q, backward(p, t.get("input"), t.get("weight"), t.get("grad_output")));
      default:
        throw new Unsupported("there is no " + q.get("op"));
    }
  }

  /** The gradients that the call asks for. */
  private static List<byte[]> asked(Map<?, ?> q, byte[][] gradients) {
    List<String> names = List.of("grad_input", "grad_weight", "grad_bias");
    List<byte[]> list = new ArrayList<>();
    for (Object output : (List<?>) q.get("outputs")) list.add(gradients[names.indexOf(((Map<?, ?>) output).get("name"))]);
    return list;
  }

  /** What is thrown is the library's answer. */
  private List<byte[]> answer(Map<?, ?> q, Map<String, Tensor> t, Map<String, Object> reply) {
    reply.put("seq", q.get("seq"));
    try {
      List<byte[]> payloads = payloads(q, t, reply);
      if (payloads != null) reply.put("bytes", payloads.stream().mapToLong(b -> b.length).toArray());
      reply.put("status", "ok");
      return payloads == null ? List.of() : payloads;
    } catch (Throwable e) {
      reply.put("status", e instanceof Unsupported ? "unsupported" : e instanceof Invalid ? "invalid" : "error");
      reply.put("message", e instanceof Unsupported ? e.getMessage() : e.toString());
      return List.of();
    }
  }

  /** Answers calls until the runner closes its end. What the library prints goes to standard error. */
  public final void serve() throws IOException {
    DataInputStream from = new DataInputStream(new BufferedInputStream(System.in));
    OutputStream to = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    System.setOut(System.err);
    for (String line; (line = readLine(from)) != null;) {
      Map<?, ?> q = (Map<?, ?>) new Json(line).value();
      Map<String, Tensor> tensors = new HashMap<>();
      for (Object about : (List<?>) Objects.requireNonNullElse(q.get("inputs"), List.of())) {
        Tensor t = new Tensor((Map<?, ?>) about, from);
        tensors.put(t.name, t);
      }
      Map<String, Object> reply = new LinkedHashMap<>();
      List<byte[]> payloads = answer(q, tensors, reply);
      to.write((Json.text(reply) + "\n").getBytes(StandardCharsets.UTF_8));
      for (byte[] payload : payloads) to.write(payload);
      to.flush();
    }
  }

  private static String readLine(InputStream from) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c;
    while ((c = from.read()) >= 0 && c != '\n') line.write(c);
    return c < 0 ? null : line.toString(StandardCharsets.UTF_8);
  }
}
