// tract 0.23.9: a model whose Conv pads by SAME under a dilation of 2^61 is optimised, and panics when it is run: the padding
// is allocated.
// Run in a crate that requires tract-core: cargo run.
// Proof: confirmed
use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_core::ops::nn::DataFormat;

fn run(dilation: usize) -> TractResult<usize> {
    let pool_spec = PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: tvec!(3, 3),
        padding: PaddingSpec::SameUpper,
        dilations: Some(tvec!(dilation, dilation)),
        strides: Some(tvec!(1, 1)),
        input_channels: 1,
        output_channels: 1,
    };
    let mut m = TypedModel::default();
    let x = m.add_source("x", f32::fact([1, 1, 5, 6]))?;
    let w = m.add_const("w", Tensor::zero::<f32>(&[1, 1, 3, 3])?)?;
    let b = m.add_const("b", Tensor::zero::<f32>(&[1])?)?;
    let conv = Conv { pool_spec, kernel_fmt: KernelFormat::OIHW, group: 1, q_params: None };
    let y = m.wire_node("conv", conv, &[x, w, b])?;
    m.select_output_outlets(&y)?;
    let y = m.into_optimized()?.into_runnable()?.run(tvec!(Tensor::zero::<f32>(&[1, 1, 5, 6])?.into()))?;
    Ok(y[0].len())
}

fn main() {
    println!("dilation 2: {:?} elements", run(2).ok());
    let panicked = std::panic::catch_unwind(|| run(1 << 61)).is_err();
    println!("{}", if panicked { "confirmed" } else { "not reproduced" });
}
