// candle 0.11.1: after a convolution of an empty batch and its bias, backward has no gradient of the bias, though it took
// part: operations on empty tensors return one of their operands.
// Run in a crate that requires candle-core: cargo run.
// Proof: confirmed
use candle_core::{DType, Device, Result, Tensor, Var};

fn has_gradient(images: usize) -> Result<bool> {
    let x = Tensor::ones((images, 3, 5, 4), DType::F32, &Device::Cpu)?;
    let w = Tensor::ones((3, 3, 3, 3), DType::F32, &Device::Cpu)?;
    let b = Var::from_tensor(&Tensor::ones((1, 3, 1, 1), DType::F32, &Device::Cpu)?)?;
    let y = x.conv2d(&w, 0, 1, 1, 1)?.broadcast_add(&b)?;
    Ok(y.backward()?.get(&b).is_some())
}

fn main() -> Result<()> {
    let (one, none) = (has_gradient(1)?, has_gradient(0)?);
    println!("of an image: {one}, of no image: {none}");
    println!("{}", if one && !none { "confirmed" } else { "not reproduced" });
    Ok(())
}
