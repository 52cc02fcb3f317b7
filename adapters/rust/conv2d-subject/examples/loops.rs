//! A whole subject: plain loops. cargo build --release --example loops
//! build/conv2d-cts run --impl-cmd adapters/rust/target/release/examples/loops
use conv2d_subject::{payload, serve, Answer, Params, Subject, Tensor};
use serde_json::{json, Value};

struct Loops;

impl Subject for Loops {
    fn about(&self) -> Value {
        json!({"name": "loops", "version": "1", "own": ["shape"], "capabilities": {"dtypes": ["float32"], "padding_modes": ["zeros"], "directions": ["forward"]}})
    }

    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>> {
        let (x, w, b) = (input.elements::<f32>(), weight.elements::<f32>(), bias.map(|b| b.elements::<f32>()));
        let lead: Vec<i64> = input.shape.iter().map(|n| *n as i64).collect();
        let shape = self.output_shape(p, &lead)?;
        let n = lead.len();
        let (height, width, rows, columns) = (lead[n - 2], lead[n - 1], shape[n - 2], shape[n - 1]);
        let (inputs, per_group) = (p.in_channels / p.groups, p.out_channels / p.groups);
        let mut y = Vec::new();
        for image in 0..if n == 4 { lead[0] } else { 1 } {
            for k in 0..shape[n - 3] {
                for at in 0..rows * columns {
                    let mut sum = b.as_ref().map_or(0.0, |b| b[k as usize] as f64);
                    for tap in 0..inputs * p.kernel_size[0] * p.kernel_size[1] {
                        let (c, s) = (tap / (p.kernel_size[0] * p.kernel_size[1]), tap % p.kernel_size[1]);
                        let r = tap / p.kernel_size[1] % p.kernel_size[0];
                        let h = at / columns * p.stride[0] + r * p.dilation[0] - p.margins(0).0;
                        let v = at % columns * p.stride[1] + s * p.dilation[1] - p.margins(1).0;
                        if (0..height).contains(&h) && (0..width).contains(&v) {
                            let channel = image * p.in_channels + k / per_group * inputs + c;
                            sum += x[((channel * height + h) * width + v) as usize] as f64 * w[(k * inputs * p.kernel_size[0] * p.kernel_size[1] + tap) as usize] as f64;
                        }
                    }
                    y.push(sum as f32);
                }
            }
        }
        Ok(payload(&y))
    }
}

fn main() -> std::io::Result<()> {
    serve(Loops)
}
