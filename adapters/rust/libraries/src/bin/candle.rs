//! candle: candle_nn::Conv2d and its gradients. It takes one number for both axes; where rows and columns are
//! padded otherwise, the library's pad_with_zeros comes first.
use candle_core::{DType, Device, Module, Tensor as Candle, Var};
use candle_nn::{Conv2d, Conv2dConfig};
use conv2d_subject::{serve, Answer, Params, Subject, Tensor};
use libraries::{bytes, failed, margins, unsupported};
use serde_json::{json, Value};

struct Library;

fn dtype(p: &Params) -> DType {
    match p.dtype.as_str() {
        "float64" => DType::F64,
        "float16" => DType::F16,
        "bfloat16" => DType::BF16,
        _ => DType::F32,
    }
}

fn import(p: &Params, t: &Tensor) -> candle_core::Result<Candle> {
    let kind = dtype(p);
    Candle::from_raw_buffer(&bytes(t, kind.size_in_bytes()), kind, &t.shape, &Device::Cpu)
}

fn export(t: &Candle) -> candle_core::Result<Vec<u8>> {
    let flat = t.flatten_all()?;
    let mut list = Vec::new();
    match t.dtype() {
        DType::F32 => flat.to_vec1::<f32>()?.iter().for_each(|v| list.extend(v.to_le_bytes())),
        DType::F64 => flat.to_vec1::<f64>()?.iter().for_each(|v| list.extend(v.to_le_bytes())),
        DType::F16 => flat.to_vec1::<half::f16>()?.iter().for_each(|v| list.extend(v.to_le_bytes())),
        _ => flat.to_vec1::<half::bf16>()?.iter().for_each(|v| list.extend(v.to_le_bytes())),
    }
    Ok(list)
}

fn convolve(p: &Params, x: &Candle, w: &Candle, b: Option<&Candle>) -> candle_core::Result<Candle> {
    let [rows, columns] = margins(p);
    let even = rows == columns && rows.0 == rows.1;
    let config = Conv2dConfig {
        padding: if even { rows.0 } else { 0 },
        stride: p.stride[0] as usize,
        dilation: p.dilation[0] as usize,
        groups: p.groups as usize,
        cudnn_fwd_algo: None,
    };
    let layer = Conv2d::new(w.clone(), b.cloned(), config);
    if even {
        return layer.forward(x);
    }
    layer.forward(&x.pad_with_zeros(2, rows.0, rows.1)?.pad_with_zeros(3, columns.0, columns.1)?)
}

fn gradients(p: &Params, x: &Tensor, w: &Tensor, gy: &Tensor) -> candle_core::Result<[Vec<u8>; 3]> {
    let (x, w) = (Var::from_tensor(&import(p, x)?)?, Var::from_tensor(&import(p, w)?)?);
    let b = Var::zeros(p.out_channels as usize, dtype(p), &Device::Cpu)?;
    let y = convolve(p, &x, &w, Some(b.as_tensor()))?;
    let all = (y * import(p, gy)?)?.sum_all()?.backward()?;
    let of = |v: &Var| all.get(v).map_or_else(|| export(&v.zeros_like()?), export);
    Ok([of(&x)?, of(&w)?, of(&b)?])
}

impl Subject for Library {
    fn about(&self) -> Value {
        json!({"name": "candle", "version": "0.11.1", "description": "candle_nn::Conv2d",
               "url": "https://github.com/huggingface/candle", "own": ["shape"],
               "capabilities": {"dtypes": ["float32", "float64", "float16", "bfloat16"], "layouts": ["nchw"],
                                "padding_modes": ["zeros"], "directions": ["forward", "backward"]}})
    }

    fn output_shape(&self, p: &Params, input: &[i64]) -> Answer<Vec<i64>> {
        match () {
            _ if input.len() != 4 => unsupported("inputs without a batch"),
            _ if p.stride[0] != p.stride[1] => unsupported("a stride for each axis"),
            _ if p.dilation[0] != p.dilation[1] => unsupported("a dilation for each axis"),
            _ => p.torch_shape(input),
        }
    }

    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>> {
        let run = || {
            let bias = bias.map(|b| import(p, b)).transpose()?;
            export(&convolve(p, &import(p, input)?, &import(p, weight)?, bias.as_ref())?)
        };
        run().map_err(failed)
    }

    fn backward(&self, p: &Params, input: &Tensor, weight: &Tensor, grad_output: &Tensor) -> Answer<[Vec<u8>; 3]> {
        self.output_shape(p, &input.shape.iter().map(|n| *n as i64).collect::<Vec<_>>())?;
        gradients(p, input, weight, grad_output).map_err(failed)
    }
}

fn main() -> std::io::Result<()> {
    serve(Library)
}
