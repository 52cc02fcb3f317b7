//! tract: a model of one Conv, optimised and run. Where the padding mode has an operator Pad, that comes first. Its kernels
//! add float16 up in float16, and those for x86-64 ask the processor to flush subnormals.
use conv2d_subject::{serve, Answer, Padding, Params, Subject, Tensor};
use libraries::{answer, bytes, margins, pair, unsupported, version};
use serde_json::{json, Value};
use tract_core::internal::{tvec, DatumType, IntoRunnable, OutletId, SpecialOps, TValue, Tensor as Tract, TractResult, TypedFact, TypedModel};
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

fn conv(p: &Params, rank: usize) -> Conv {
    let [rows, columns] = margins(p);
    let padding = match (p.padding_mode.as_str(), &p.padding) {
        ("zeros", Padding::Same) => PaddingSpec::SameUpper,
        ("zeros", Padding::Explicit(_)) => PaddingSpec::Explicit(tvec!(rows.0, columns.0), tvec!(rows.1, columns.1)),
        _ => PaddingSpec::Valid,
    };
    let pool_spec = PoolSpec {
        data_format: if rank == 4 { DataFormat::NCHW } else { DataFormat::CHW },
        kernel_shape: pair(p.kernel_size).into_iter().collect(),
        padding,
        dilations: Some(pair(p.dilation).into_iter().collect()),
        strides: Some(pair(p.stride).into_iter().collect()),
        input_channels: p.in_channels as usize,
        output_channels: p.out_channels as usize,
    };
    Conv { pool_spec, kernel_fmt: KernelFormat::OIHW, group: p.groups as usize, q_params: None }
}

/// A model of which `weights` makes the nodes of weight and bias.
fn model(
    p: &Params,
    shape: &[usize],
    weights: impl FnOnce(&mut TypedModel) -> TractResult<[OutletId; 2]>,
) -> TractResult<TypedModel> {
    let mut m = TypedModel::default();
    let mut x = m.add_source("x", TypedFact::dt_shape(datum(p), shape))?;
    let [w, b] = weights(&mut m)?;
    if p.padding_mode != "zeros" {
        x = m.wire_node("pad", pad(p, shape.len()), &[x])?[0];
    }
    let y = m.wire_node("conv", conv(p, shape.len()), &[x, w, b])?;
    m.select_output_outlets(&y)?;
    Ok(m)
}

/// The shape that the library gives the output of a model, whose weights need not be known.
fn shape_of(p: &Params, input: &[usize]) -> TractResult<Vec<i64>> {
    let [rows, columns] = pair(p.kernel_size);
    let (outputs, inputs) = (p.out_channels as usize, (p.in_channels / p.groups) as usize);
    let m = model(p, input, |m| {
        let w = m.add_source("w", TypedFact::dt_shape(datum(p), [outputs, inputs, rows, columns]))?;
        Ok([w, m.add_source("b", TypedFact::dt_shape(datum(p), [outputs]))?])
    })?;
    m.output_fact(0)?.shape.iter().map(|n| Ok(n.to_i64()?)).collect()
}

fn run(p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> TractResult<Vec<u8>> {
    let m = model(p, &input.shape, |m| {
        let bias = match bias {
            Some(b) => import(p, b)?,
            None => Tract::zero_dt(datum(p), &[p.out_channels as usize])?,
        };
        Ok([m.add_const("w", import(p, weight)?)?, m.add_const("b", bias)?])
    })?;
    let y = m.into_optimized()?.into_runnable()?.run(tvec!(TValue::from(import(p, input)?)))?;
    Ok(y[0].as_bytes().to_vec())
}

impl Subject for Library {
    fn about(&self) -> Value {
        json!({"name": "tract", "version": version("tract-core"), "description": "Conv with constant weights, after Pad, optimised",
               "url": "https://github.com/sonos/tract", "claims": ["flushes-subnormals"], "numerics": "f16-accumulate",
               "capabilities": {"dtypes": ["float32", "float64", "float16"], "layouts": ["nchw"],
                                "padding_modes": ["zeros", "reflect", "replicate"], "directions": ["forward"]}})
    }

    fn output_shape(&self, p: &Params, input: &[i64]) -> Answer<Vec<i64>> {
        match () {
            _ if p.padding_mode != "zeros" && p.padding == Padding::Same => unsupported("same in a padding mode"),
            _ => answer(|| shape_of(p, &input.iter().map(|n| *n as usize).collect::<Vec<_>>())),
        }
    }

    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>> {
        answer(|| run(p, input, weight, bias))
    }
}

fn main() -> std::io::Result<()> {
    serve(Library)
}
