// burn 0.22.1: pad in the mode Reflect panics on an empty batch, as if the batch were to be padded.
// Run in a crate that requires burn with the features flex and autodiff: cargo run.
// Proof: confirmed
use burn::tensor::{ops::PadMode, Device, Tensor};

fn pad(images: usize) -> [usize; 4] {
    Tensor::<4>::ones([images, 4, 6, 7], &Device::flex()).pad([(1, 1), (1, 1)], PadMode::Reflect).dims()
}

fn main() {
    println!("an image: {:?}", pad(1));
    let panicked = std::panic::catch_unwind(|| pad(0)).is_err();
    println!("{}", if panicked { "confirmed" } else { "not reproduced" });
}
