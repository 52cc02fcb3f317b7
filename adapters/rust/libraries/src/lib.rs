//! What the subjects of this folder share.

use conv2d_subject::{payload, Answer, Params, Refusal, Tensor};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// The elements of a tensor as bytes, compact and row-major.
pub fn bytes(t: &Tensor, size: usize) -> Vec<u8> {
    match size {
        1 => payload(&t.elements::<u8>()),
        2 => payload(&t.elements::<u16>()),
        4 => payload(&t.elements::<i32>()),
        _ => payload(&t.elements::<i64>()),
    }
}

pub fn unsupported<T>(why: &str) -> Answer<T> {
    Err(Refusal::Unsupported(why.into()))
}

/// What the library answers. Its error and its panic are the call's: no failure is the adapter's to hide.
pub fn answer<T, E: std::fmt::Display>(call: impl FnOnce() -> Result<T, E>) -> Answer<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|e| Refusal::Failed(format!("{e:#}"))),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
            Err(Refusal::Failed(format!("panicked: {}", text.unwrap_or_default())))
        }
    }
}

/// The numbers of a pair, which the libraries take as usize.
pub fn pair(of: [i64; 2]) -> [usize; 2] {
    of.map(|n| n as usize)
}

/// [(before, after)] of rows and columns.
pub fn margins(p: &Params) -> [(usize, usize); 2] {
    [0, 1].map(|axis| p.margins(axis)).map(|(before, after)| (before as usize, after as usize))
}

/// The version of a library that Cargo.toml pins.
pub fn version(library: &str) -> &'static str {
    let pinned = include_str!("../Cargo.toml").lines().find(|line| line.starts_with(&format!("{library} = {{")));
    pinned.and_then(|line| line.split('=').nth(3)).and_then(|rest| rest.split('"').next()).expect("a pinned version")
}

/// The threads that rayon starts.
pub fn threads() -> String {
    let count = std::thread::available_parallelism().map_or(1, |n| n.get()).to_string();
    format!("threads={}", std::env::var("RAYON_NUM_THREADS").unwrap_or(count))
}
