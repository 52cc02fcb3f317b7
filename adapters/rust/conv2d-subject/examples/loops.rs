//! A whole subject: plain loops, of float32 and complex64. cargo build --release --example loops
//! build/conv2d-cts run --impl-cmd adapters/rust/target/release/examples/loops
use conv2d_subject::{payload, serve, Answer, Params, Subject, Tensor};
use serde_json::{json, Value};

struct Loops;

/// The elements as complex numbers.
fn numbers(p: &Params, t: &Tensor) -> Vec<[f64; 2]> {
    match p.dtype.as_str() {
        "complex64" => t.elements::<[f32; 2]>().into_iter().map(|v| v.map(f64::from)).collect(),
        _ => t.elements::<f32>().into_iter().map(|v| [v.into(), 0.0]).collect(),
    }
}

fn result(p: &Params, y: &[[f64; 2]]) -> Vec<u8> {
    match p.dtype.as_str() {
        "complex64" => payload(&y.iter().map(|v| v.map(|part| part as f32)).collect::<Vec<_>>()),
        _ => payload(&y.iter().map(|v| v[0] as f32).collect::<Vec<_>>()),
    }
}

impl Subject for Loops {
    fn about(&self) -> Value {
        json!({"name": "loops", "version": "1", "own": ["shape"], "capabilities": {"dtypes": ["float32", "complex64"], "padding_modes": ["zeros"], "directions": ["forward"]}})
    }

    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>> {
        let (x, w, b) = (numbers(p, input), numbers(p, weight), bias.map(|b| numbers(p, b)));
        let lead: Vec<i64> = input.shape.iter().map(|n| *n as i64).collect();
        let shape = self.output_shape(p, &lead)?;
        let n = lead.len();
        let (height, width, rows, columns) = (lead[n - 2], lead[n - 1], shape[n - 2], shape[n - 1]);
        let (inputs, per_group) = (p.in_channels / p.groups, p.out_channels / p.groups);
        let mut y = Vec::new();
        for image in 0..if n == 4 { lead[0] } else { 1 } {
            for k in 0..shape[n - 3] {
                for at in 0..rows * columns {
                    let mut sum = b.as_ref().map_or([0.0; 2], |b| b[k as usize]);
                    for tap in 0..inputs * p.kernel_size[0] * p.kernel_size[1] {
                        let (c, s) = (tap / (p.kernel_size[0] * p.kernel_size[1]), tap % p.kernel_size[1]);
                        let r = tap / p.kernel_size[1] % p.kernel_size[0];
                        let h = at / columns * p.stride[0] + r * p.dilation[0] - p.margins(0).0;
                        let v = at % columns * p.stride[1] + s * p.dilation[1] - p.margins(1).0;
                        if (0..height).contains(&h) && (0..width).contains(&v) {
                            let channel = image * p.in_channels + k / per_group * inputs + c;
                            let x = x[((channel * height + h) * width + v) as usize];
                            let w = w[(k * inputs * p.kernel_size[0] * p.kernel_size[1] + tap) as usize];
                            sum = [sum[0] + x[0] * w[0] - x[1] * w[1], sum[1] + x[0] * w[1] + x[1] * w[0]];
                        }
                    }
                    y.push(sum);
                }
            }
        }
        Ok(result(p, &y))
    }
}

fn main() -> std::io::Result<()> {
    serve(Loops)
}
