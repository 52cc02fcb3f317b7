//! tract: a model of one Conv, optimised and run. Where the padding mode has an operator Pad, that comes first.
use conv2d_subject::{serve, Answer, Params, Subject, Tensor};
use libraries::{bytes, failed, margins, pair, unsupported};
use serde_json::{json, Value};
use tract_core::internal::{tvec, DatumType, IntoRunnable, TValue, Tensor as Tract, TractResult, TypedFact, TypedModel};
use tract_core::ops::array::{Pad, PadMode};
use tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_core::ops::nn::DataFormat;

struct Library;

fn datum(p: &Params) -> DatumType {
    match p.dtype.as_str() {
        "float64" => DatumType::F64,
        "float16" => DatumType::F16,
        _ => DatumType::F32,
    }
}

fn import(p: &Params, t: &Tensor) -> TractResult<Tract> {
    let kind = datum(p);
    unsafe { Tract::from_raw_dt(kind, &t.shape, &bytes(t, kind.size_of())) }
}

/// The operator Pad of a mode.
fn pad(p: &Params, rank: usize) -> Pad {
    let mut pads = vec![(0, 0); rank - 2];
    pads.extend(margins(p));
    Pad { pads, mode: if p.padding_mode == "reflect" { PadMode::Reflect } else { PadMode::Edge } }
}

fn model(p: &Params, shape: &[usize], weight: Tract, bias: Tract) -> TractResult<TypedModel> {
    let (padded, [rows, columns]) = (p.padding_mode != "zeros", margins(p));
    let padding = if padded { PaddingSpec::Valid } else { PaddingSpec::Explicit(tvec!(rows.0, columns.0), tvec!(rows.1, columns.1)) };
    let pool = PoolSpec {
        data_format: if shape.len() == 4 { DataFormat::NCHW } else { DataFormat::CHW },
        kernel_shape: pair(p.kernel_size).into_iter().collect(),
        padding,
        dilations: Some(pair(p.dilation).into_iter().collect()),
        strides: Some(pair(p.stride).into_iter().collect()),
        input_channels: p.in_channels as usize,
        output_channels: p.out_channels as usize,
    };
    let conv = Conv { pool_spec: pool, kernel_fmt: KernelFormat::OIHW, group: p.groups as usize, q_params: None };
    let mut m = TypedModel::default();
    let mut x = m.add_source("x", TypedFact::dt_shape(datum(p), shape))?;
    let w = m.add_const("w", weight)?;
    let b = m.add_const("b", bias)?;
    if padded {
        x = m.wire_node("pad", pad(p, shape.len()), &[x])?[0];
    }
    let y = m.wire_node("conv", conv, &[x, w, b])?;
    m.select_output_outlets(&y)?;
    m.into_optimized()
}

fn run(p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> TractResult<Vec<u8>> {
    let bias = match bias {
        Some(b) => import(p, b)?,
        None => Tract::zero_dt(datum(p), &[p.out_channels as usize])?,
    };
    let plan = model(p, &input.shape, import(p, weight)?, bias)?.into_runnable()?;
    let y = plan.run(tvec!(TValue::from(import(p, input)?)))?;
    Ok(y[0].as_bytes().to_vec())
}

impl Subject for Library {
    fn about(&self) -> Value {
        json!({"name": "tract", "version": "0.23.9", "description": "Conv, after Pad",
               "url": "https://github.com/sonos/tract", "own": ["shape"],
               "capabilities": {"dtypes": ["float32", "float16"], "layouts": ["nchw"],
                                "padding_modes": ["zeros", "reflect", "replicate"], "directions": ["forward"]}})
    }

    fn output_shape(&self, p: &Params, input: &[i64]) -> Answer<Vec<i64>> {
        match p.padding_mode.as_str() {
            "circular" => unsupported("the padding mode circular"),
            _ => p.torch_shape(input),
        }
    }

    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>> {
        run(p, input, weight, bias).map_err(|e| failed(format!("{e:#}")))
    }
}

fn main() -> std::io::Result<()> {
    serve(Library)
}
