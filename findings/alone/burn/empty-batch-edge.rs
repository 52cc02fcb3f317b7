// burn 0.22.1, backend flex: the gradient of pad in the mode Edge panics on an empty batch, where it adds slices up.
// Run in a crate that requires burn with the features flex and autodiff: cargo run.
// Proof: confirmed
use burn::tensor::{module::conv2d, ops::ConvOptions, ops::PadMode, Device, Tensor};

fn gradient(images: usize) -> [usize; 4] {
    let device = Device::flex().autodiff();
    let x = Tensor::<4>::ones([images, 2, 5, 5], &device).require_grad();
    let w = Tensor::<4>::ones([6, 1, 4, 6], &device);
    let padded = x.clone().pad([(4, 4), (6, 6)], PadMode::Edge);
    let gradients = conv2d(padded, w, None, ConvOptions::new([5, 7], [0, 0], [2, 1], 2)).backward();
    x.grad(&gradients).map_or([0; 4], |g| g.dims())
}

fn main() {
    println!("an image: {:?}", gradient(1));
    let panicked = std::panic::catch_unwind(|| gradient(0)).is_err();
    println!("{}", if panicked { "confirmed" } else { "not reproduced" });
}
