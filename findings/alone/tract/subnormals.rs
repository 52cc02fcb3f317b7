// tract 0.23.9: the kernels for x86-64 set the flag of the processor that takes subnormal factors as zero.
// Run in a crate that requires tract-core: cargo run.
// Proof: confirmed
use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_core::ops::nn::DataFormat;

fn run(pixel: f32, weight: f32) -> TractResult<f32> {
    let pool_spec = PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: tvec!(1, 1),
        padding: PaddingSpec::Valid,
        dilations: None,
        strides: None,
        input_channels: 1,
        output_channels: 1,
    };
    let mut m = TypedModel::default();
    let x = m.add_source("x", f32::fact([1, 1, 1, 3]))?;
    let w = m.add_const("w", tensor1(&[weight]).into_shape(&[1, 1, 1, 1])?)?;
    let b = m.add_const("b", Tensor::zero::<f32>(&[1])?)?;
    let conv = Conv { pool_spec, kernel_fmt: KernelFormat::OIHW, group: 1, q_params: None };
    let y = m.wire_node("conv", conv, &[x, w, b])?;
    m.select_output_outlets(&y)?;
    let x = tensor1(&[pixel; 3]).into_shape(&[1, 1, 1, 3])?;
    let y = m.into_optimized()?.into_runnable()?.run(tvec!(x.into()))?;
    Ok(f32::from_le_bytes(y[0].as_bytes()[..4].try_into()?))
}

fn main() -> TractResult<()> {
    let (pixel, weight) = (f32::from_bits(1), 16777216.0);
    println!("{:e} * {} = {:e}, by the library {:e}", pixel, weight, pixel * weight, run(pixel, weight)?);
    println!("{}", if run(pixel, weight)? == 0.0 { "confirmed" } else { "not here" });
    Ok(())
}
