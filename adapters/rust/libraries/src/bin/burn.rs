//! burn: burn::nn::conv::Conv2d and its gradients by autodiff, on the backend ndarray, or flex with --flex. Where the
//! padding mode is not zeros, the library's own pad comes first.
use burn::module::Param;
use burn::nn::{conv::Conv2d, PaddingConfig2d};
use burn::tensor::{ops::PadMode, DType, Device, Tensor as Burn, TensorData};
use conv2d_subject::{serve, Answer, Padding, Params, Subject, Tensor};
use libraries::{answer, bytes, margins, pair, threads, unsupported, version};
use serde_json::{json, Value};
use std::convert::Infallible;

struct Library {
    flex: bool,
}

fn dtype(p: &Params) -> DType {
    match p.dtype.as_str() {
        "float64" => DType::F64,
        "float16" => DType::F16,
        "bfloat16" => DType::BF16,
        _ => DType::F32,
    }
}

fn import<const D: usize>(p: &Params, t: &Tensor, device: &Device) -> Burn<D> {
    let kind = dtype(p);
    let data = TensorData::from_bytes_vec(bytes(t, kind.size()), t.shape.clone(), kind);
    Burn::from_data(data, (device, kind))
}

fn export<const D: usize>(t: Burn<D>) -> Vec<u8> {
    t.into_data().as_bytes().to_vec()
}

/// The layer, and the input with the margins that the layer has no mode for.
fn layer(p: &Params, x: Burn<4>, w: Burn<4>, b: Option<Burn<1>>) -> (Conv2d, Burn<4>) {
    let [rows, columns] = margins(p);
    let (padding, x) = match (p.padding_mode.as_str(), &p.padding) {
        ("zeros", Padding::Same) => (PaddingConfig2d::Same, x),
        ("zeros", _) => (PaddingConfig2d::Explicit(rows.0, columns.0, rows.1, columns.1), x),
        ("reflect", _) => (PaddingConfig2d::Valid, x.pad([rows, columns], PadMode::Reflect)),
        _ => (PaddingConfig2d::Valid, x.pad([rows, columns], PadMode::Edge)),
    };
    let layer = Conv2d {
        weight: Param::from_tensor(w),
        bias: b.map(Param::from_tensor),
        stride: pair(p.stride),
        kernel_size: pair(p.kernel_size),
        dilation: pair(p.dilation),
        groups: p.groups as usize,
        padding,
    };
    (layer, x)
}

impl Library {
    #[allow(deprecated)] // ndarray is, in favour of flex
    fn device(&self) -> Device {
        if self.flex { Device::flex() } else { Device::ndarray() }
    }

    fn gradients(&self, p: &Params, x: &Tensor, w: &Tensor, gy: &Tensor) -> [Vec<u8>; 3] {
        let device = self.device().autodiff();
        let x: Burn<4> = import(p, x, &device).require_grad();
        let b = p.bias.then(|| Burn::<1>::zeros([p.out_channels as usize], (&device, dtype(p))));
        let (layer, padded) = layer(p, x.clone(), import(p, w, &device), b);
        let all = (layer.forward(padded) * import(p, gy, &device)).backward();
        let of = |t: &Burn<4>| export(t.grad(&all).expect("there is a gradient"));
        let grad_bias = layer.bias.map_or(vec![], |b| export(b.val().grad(&all).expect("there is a gradient")));
        [of(&x), of(&layer.weight.val()), grad_bias]
    }
}

impl Subject for Library {
    fn about(&self) -> Value {
        let dtypes: &[&str] = if self.flex { &["float32", "float64", "float16", "bfloat16"] } else { &["float32", "float64"] };
        let backend = if self.flex { "flex" } else { "ndarray" };
        json!({"name": format!("burn, {backend}"), "version": version("burn"),
               "description": format!("burn::nn::conv::Conv2d on the backend {backend}, autodiff"),
               "url": "https://burn.dev", "own": ["shape"], "environment": threads(),
               "numerics": if self.flex { "f16-accumulate" } else { "" },
               "capabilities": {"dtypes": dtypes, "layouts": ["nchw"],
                                "padding_modes": ["zeros", "reflect", "replicate"], "directions": ["forward", "backward"]}})
    }

    fn output_shape(&self, p: &Params, input: &[i64]) -> Answer<Vec<i64>> {
        match () {
            _ if input.len() != 4 => unsupported("inputs without a batch"),
            _ if p.padding_mode != "zeros" && p.padding == Padding::Same => unsupported("same in a padding mode"),
            _ => p.torch_shape(input),
        }
    }

    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>> {
        answer(|| {
            let device = self.device();
            let bias = bias.map(|b| import(p, b, &device));
            let (layer, x) = layer(p, import(p, input, &device), import(p, weight, &device), bias);
            Ok::<_, Infallible>(export(layer.forward(x)))
        })
    }

    fn backward(&self, p: &Params, input: &Tensor, weight: &Tensor, grad_output: &Tensor) -> Answer<[Vec<u8>; 3]> {
        self.output_shape(p, &input.shape.iter().map(|n| *n as i64).collect::<Vec<_>>())?;
        answer(|| Ok::<_, Infallible>(self.gradients(p, input, weight, grad_output)))
    }
}

fn main() -> std::io::Result<()> {
    serve(Library { flex: std::env::args().any(|a| a == "--flex") })
}
