//! candle: candle_nn::Conv2d and its gradients. It takes one number for both axes; where rows and columns are
//! padded otherwise, or with copies of the border, the library's own pad comes first. Its convolution is a product of
//! matrices, which has no bfloat16 and no integers (UnsupportedDTypeForOp), and stores float16 sums as float16 before the
//! bias is added.
use candle_core::{DType, Device, Module, Result, Tensor as Candle, Var};
use candle_nn::{Conv2d, Conv2dConfig};
use conv2d_subject::{serve, Answer, Params, Subject, Tensor};
use libraries::{answer, bytes, margins, threads, unsupported, version};
use serde_json::{json, Value};

struct Library;

fn dtype(p: &Params) -> DType {
    match p.dtype.as_str() {
        "float64" => DType::F64,
        "float16" => DType::F16,
        _ => DType::F32,
    }
}

fn import(p: &Params, t: &Tensor) -> Result<Candle> {
    let kind = dtype(p);
    Candle::from_raw_buffer(&bytes(t, kind.size_in_bytes()), kind, &t.shape, &Device::Cpu)
}

fn export(t: &Candle) -> Result<Vec<u8>> {
    let flat = t.flatten_all()?;
    Ok(match t.dtype() {
        DType::F32 => flat.to_vec1::<f32>()?.into_iter().flat_map(f32::to_le_bytes).collect(),
        DType::F64 => flat.to_vec1::<f64>()?.into_iter().flat_map(f64::to_le_bytes).collect(),
        _ => flat.to_vec1::<half::f16>()?.into_iter().flat_map(half::f16::to_le_bytes).collect(),
    })
}

/// The input with its margins. The axes of an image are 2 and 3.
fn padded(p: &Params, x: &Candle) -> Result<Candle> {
    margins(p).into_iter().zip(2..).try_fold(x.clone(), |x, ((before, after), axis)| match p.padding_mode.as_str() {
        "replicate" => x.pad_with_same(axis, before, after),
        _ => x.pad_with_zeros(axis, before, after),
    })
}

fn convolve(p: &Params, x: &Candle, w: &Candle, b: Option<&Candle>) -> Result<Candle> {
    let [rows, columns] = margins(p);
    let layers = p.padding_mode == "zeros" && rows == columns && rows.0 == rows.1;
    let config = Conv2dConfig {
        padding: if layers { rows.0 } else { 0 },
        stride: p.stride[0] as usize,
        dilation: p.dilation[0] as usize,
        groups: p.groups as usize,
        cudnn_fwd_algo: None,
    };
    let layer = Conv2d::new(w.clone(), b.cloned(), config);
    layer.forward(&if layers { x.clone() } else { padded(p, x)? })
}

fn gradients(p: &Params, x: &Tensor, w: &Tensor, gy: &Tensor) -> Result<[Vec<u8>; 3]> {
    let (x, w) = (Var::from_tensor(&import(p, x)?)?, Var::from_tensor(&import(p, w)?)?);
    let b = p.bias.then(|| Var::zeros(p.out_channels as usize, dtype(p), &Device::Cpu)).transpose()?;
    let y = convolve(p, &x, &w, b.as_ref().map(|b| b.as_tensor()))?;
    let all = (y * import(p, gy)?)?.backward()?;
    let of = |v: &Var| export(all.get(v).ok_or_else(|| candle_core::Error::Msg("there is no gradient".into()))?);
    Ok([of(&x)?, of(&w)?, b.map_or(Ok(vec![]), |b| of(&b))?])
}

impl Subject for Library {
    fn about(&self) -> Value {
        json!({"name": "candle", "version": version("candle-nn"), "description": "candle_nn::Conv2d, after the library's pad",
               "url": "https://github.com/huggingface/candle", "own": ["shape", "same"], "environment": threads(),
               "numerics": "f16-accumulate",
               "capabilities": {"dtypes": ["float32", "float64", "float16"], "layouts": ["nchw"],
                                "padding_modes": ["zeros", "replicate"], "directions": ["forward", "backward"]}})
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
        answer(|| {
            let bias = bias.map(|b| import(p, b)).transpose()?;
            export(&convolve(p, &import(p, input)?, &import(p, weight)?, bias.as_ref())?)
        })
    }

    fn backward(&self, p: &Params, input: &Tensor, weight: &Tensor, grad_output: &Tensor) -> Answer<[Vec<u8>; 3]> {
        self.output_shape(p, &input.shape.iter().map(|n| *n as i64).collect::<Vec<_>>())?;
        answer(|| gradients(p, input, weight, grad_output))
    }
}

fn main() -> std::io::Result<()> {
    serve(Library)
}
