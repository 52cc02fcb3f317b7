// candle 0.11.1: with a stride, the gradient of an input is refused where the stride leaves more columns over than rows.
// Run in a crate that requires candle-core: cargo run.
// Proof: confirmed
use candle_core::{Device, Result, Tensor, Var};

fn gradient(height: usize, width: usize) -> Result<Vec<usize>> {
    let x = Var::from_tensor(&Tensor::ones((1, 1, height, width), candle_core::DType::F32, &Device::Cpu)?)?;
    let w = Tensor::ones((1, 1, 1, 1), candle_core::DType::F32, &Device::Cpu)?;
    let gradients = x.conv2d(&w, 0, 2, 1, 1)?.backward()?;
    Ok(gradients.get(&x).map_or(vec![], |g| g.dims().to_vec()))
}

fn main() {
    println!("of 4 x 4: {:?}", gradient(4, 4));
    let refused = gradient(4, 5);
    let said = refused.as_ref().err().map_or("taken".into(), |e| e.to_string());
    println!("of 4 x 5: {}", said.lines().next().unwrap_or(""));
    println!("{}", if refused.is_err() { "confirmed" } else { "not reproduced" });
}
