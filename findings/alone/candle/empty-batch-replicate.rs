// candle 0.11.1: pad_with_same, which repeats the border, takes no empty batch.
// Run in a crate that requires candle-core: cargo run.
// Proof: confirmed
use candle_core::{DType, Device, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::zeros((0, 4, 6, 7), DType::F32, &Device::Cpu)?;
    println!("with zeros: {:?}", x.pad_with_zeros(3, 2, 2)?.dims());
    let refused = x.pad_with_same(3, 2, 2).is_err();
    println!("{}", if refused { "confirmed" } else { "not reproduced" });
    Ok(())
}
