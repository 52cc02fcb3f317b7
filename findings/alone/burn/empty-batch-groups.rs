// burn 0.22.1, backend flex: the gradient of a convolution with groups panics on an empty batch.
// Run in a crate that requires burn with the features flex and autodiff: cargo run.
// Proof: confirmed
use burn::tensor::{module::conv2d, ops::ConvOptions, Device, Tensor};

fn gradient(images: usize) -> [usize; 4] {
    let device = Device::flex().autodiff();
    let x = Tensor::<4>::ones([images, 2, 13, 17], &device).require_grad();
    let w = Tensor::<4>::ones([6, 1, 4, 6], &device).require_grad();
    let options = ConvOptions::new([5, 7], [0, 0], [2, 1], 2);
    let gradients = conv2d(x.clone(), w, None, options).backward();
    x.grad(&gradients).map_or([0; 4], |g| g.dims())
}

fn main() {
    println!("an image: {:?}", gradient(1));
    let panicked = std::panic::catch_unwind(|| gradient(0)).is_err();
    println!("{}", if panicked { "confirmed" } else { "not reproduced" });
}
