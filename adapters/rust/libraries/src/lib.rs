//! What the subjects of this folder share.

use conv2d_subject::{payload, Answer, Params, Refusal, Tensor};

/// The elements of a tensor as bytes, compact and row-major.
pub fn bytes(t: &Tensor, size: usize) -> Vec<u8> {
    match size {
        2 => payload(&t.elements::<u16>()),
        4 => payload(&t.elements::<i32>()),
        _ => payload(&t.elements::<i64>()),
    }
}

pub fn unsupported<T>(why: &str) -> Answer<T> {
    Err(Refusal::Unsupported(why.into()))
}

/// An error of the library is its answer.
pub fn failed(why: impl std::fmt::Display) -> Refusal {
    Refusal::Failed(why.to_string())
}

/// The numbers of a pair, which the libraries take as usize.
pub fn pair(of: [i64; 2]) -> [usize; 2] {
    of.map(|n| n as usize)
}

/// [(before, after)] of rows and columns.
pub fn margins(p: &Params) -> [(usize, usize); 2] {
    [0, 1].map(|axis| p.margins(axis)).map(|(before, after)| (before as usize, after as usize))
}
