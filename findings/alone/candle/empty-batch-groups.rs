// candle 0.11.1: a convolution with groups panics on an empty batch, which it takes without groups.
// Run in a crate that requires candle-core: cargo run.
// Proof: confirmed
use candle_core::{DType, Device, Result, Tensor};

fn shape(groups: usize) -> Result<Vec<usize>> {
    let x = Tensor::zeros((0, 2, 3, 8), DType::F32, &Device::Cpu)?;
    let w = Tensor::ones((6, 2 / groups, 2, 2), DType::F32, &Device::Cpu)?;
    Ok(x.conv2d(&w, 0, 3, 1, groups)?.dims().to_vec())
}

fn main() {
    println!("without groups: {:?}", shape(1));
    let panicked = std::panic::catch_unwind(|| shape(2)).is_err();
    println!("{}", if panicked { "confirmed" } else { "not reproduced" });
}
