//! The child's side of the process bridge of conv2d-cts (specs/pipe.md).
//!
//! Implement [`Subject`] for your convolution and hand it to [`serve`]; `examples/loops.rs` is a whole one.
//! Tensors arrive as the elements lie in the runner's memory; [`Tensor::elements`] gives them compact and row-major.

use serde_json::{json, Value};
use std::io::{self, BufRead, Read, Write};

/// Why a call has no result.
pub enum Refusal {
    /// A valid call that is not offered.
    Unsupported(String),
    /// A call that breaks a rule of specs/.
    Invalid(String),
    /// Anything else; never right for a valid call.
    Failed(String),
}

/// What a call gives, or why it gives nothing.
pub type Answer<T> = Result<T, Refusal>;

/// The argument `padding`.
#[derive(Clone, PartialEq, Debug)]
pub enum Padding {
    /// So many zeros before and after the rows, and the columns.
    Explicit([i64; 2]),
    /// d * (k - 1) in all, the smaller half first.
    Same,
    /// None.
    Valid,
}

/// The arguments of torch.nn.Conv2d; pairs are [height, width].
#[derive(Clone, Debug)]
pub struct Params {
    pub in_channels: i64,
    pub out_channels: i64,
    pub kernel_size: [i64; 2],
    pub stride: [i64; 2],
    pub padding: Padding,
    pub dilation: [i64; 2],
    pub groups: i64,
    pub bias: bool,
    pub padding_mode: String,
    pub dtype: String,
}

impl Params {
    /// Padding before and after axis 0 (rows) or 1 (columns).
    pub fn margins(&self, axis: usize) -> (i64, i64) {
        let whole = self.dilation[axis].saturating_mul(self.kernel_size[axis] - 1);
        match &self.padding {
            Padding::Explicit(n) => (n[axis], n[axis]),
            Padding::Same => (whole / 2, whole - whole / 2),
            Padding::Valid => (0, 0),
        }
    }

    /// The shape of torch.nn.Conv2d's output for an input of this shape.
    pub fn torch_shape(&self, input: &[i64]) -> Answer<Vec<i64>> {
        let mut shape = input.to_vec();
        let Some(lead) = input.len().checked_sub(3) else {
            return Err(Refusal::Invalid(format!("an input of shape {input:?}")));
        };
        shape[lead] = self.out_channels;
        for axis in 0..2 {
            let (before, after) = self.margins(axis);
            let kernel = self.dilation[axis] as i128 * (self.kernel_size[axis] as i128 - 1) + 1;
            let span = input[lead + 1 + axis] as i128 + before as i128 + after as i128 - kernel;
            match i64::try_from(span / self.stride[axis].max(1) as i128 + 1) {
                Ok(size) if span >= 0 => shape[lead + 1 + axis] = size,
                _ => return Err(Refusal::Invalid("the output would have no or too many elements".into())),
            }
        }
        Ok(shape)
    }

    fn read(o: &Value) -> Params {
        let pair = |v: &Value| [v[0].as_i64().unwrap_or(0), v[1].as_i64().unwrap_or(0)];
        let number = |key: &str| o[key].as_i64().unwrap_or(0);
        let text = |key: &str| o[key].as_str().unwrap_or("").to_string();
        Params {
            in_channels: number("in_channels"),
            out_channels: number("out_channels"),
            kernel_size: pair(&o["kernel_size"]),
            stride: pair(&o["stride"]),
            padding: match o["padding"].as_str() {
                Some("same") => Padding::Same,
                Some(_) => Padding::Valid,
                None => Padding::Explicit(pair(&o["padding"])),
            },
            dilation: pair(&o["dilation"]),
            groups: number("groups"),
            bias: o["bias"].as_bool().unwrap_or(false),
            padding_mode: text("padding_mode"),
            dtype: text("dtype"),
        }
    }
}

/// Types that elements may have. A complex number is an array of its real and its imaginary part.
pub trait Element: Copy {
    fn read(bytes: &[u8]) -> Self;
    fn write(self, to: &mut Vec<u8>);
}

macro_rules! element {
    ($($t:ty),*) => { $(impl Element for $t {
        fn read(bytes: &[u8]) -> Self { <$t>::from_le_bytes(bytes.try_into().unwrap()) }
        fn write(self, to: &mut Vec<u8>) { to.extend_from_slice(&self.to_le_bytes()) }
    })* };
}
element!(f32, f64, i8, u8, i16, u16, i32, i64); // float16 and bfloat16 as u16, the float8 types as u8

impl<T: Element> Element for [T; 2] {
    fn read(bytes: &[u8]) -> Self {
        let (real, imaginary) = bytes.split_at(bytes.len() / 2);
        [T::read(real), T::read(imaginary)]
    }
    fn write(self, to: &mut Vec<u8>) {
        self.into_iter().for_each(|part| part.write(to))
    }
}

/// A tensor of the call: its elements as they lie, gaps included. Strides count elements.
pub struct Tensor {
    pub shape: Vec<usize>,
    pub strides: Vec<i64>,
    pub offset: i64,
    pub bytes: Vec<u8>,
}

impl Tensor {
    /// The elements in row-major order, without gaps.
    pub fn elements<T: Element>(&self) -> Vec<T> {
        let size = std::mem::size_of::<T>();
        let count: usize = self.shape.iter().product();
        let mut index = vec![0usize; self.shape.len()];
        let mut list = Vec::with_capacity(count);
        for _ in 0..count {
            let step: i64 = index.iter().zip(&self.strides).map(|(i, s)| *i as i64 * s).sum();
            let at = (self.offset + step) as usize * size;
            list.push(T::read(&self.bytes[at..at + size]));
            for axis in (0..index.len()).rev() {
                index[axis] += 1;
                if index[axis] < self.shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        list
    }
}

/// The payload of a result: its elements in row-major order.
pub fn payload<T: Element>(elements: &[T]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(std::mem::size_of_val(elements));
    elements.iter().for_each(|e| e.write(&mut bytes));
    bytes
}

/// A convolution under test.
pub trait Subject {
    /// The reply to hello: `{"name":, "version":, "claims": [], "own": [], "jobs": 0, "capabilities": {"dtypes": [..], ...}}`.
    fn about(&self) -> Value;

    /// That of torch.nn.Conv2d, if it is not overridden.
    fn output_shape(&self, p: &Params, input: &[i64]) -> Answer<Vec<i64>> {
        p.torch_shape(input)
    }

    /// The output's payload. `bias` is None where p.bias is false.
    fn forward(&self, p: &Params, input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Answer<Vec<u8>>;

    /// Payloads of the gradients of input, weight and bias (empty where p.bias is false).
    fn backward(&self, _: &Params, _input: &Tensor, _weight: &Tensor, _grad_output: &Tensor) -> Answer<[Vec<u8>; 3]> {
        Err(Refusal::Unsupported("there is no backward".into()))
    }
}

fn integers(v: &Value) -> Vec<i64> {
    v.as_array().map(|a| a.iter().map(|n| n.as_i64().unwrap_or(0)).collect()).unwrap_or_default()
}

/// The tensors that follow a request, by name.
fn read_tensors(request: &Value, from: &mut impl Read) -> io::Result<Vec<(String, Tensor)>> {
    let mut list = Vec::new();
    for about in request["inputs"].as_array().into_iter().flatten() {
        let mut bytes = vec![0; about["bytes"].as_u64().unwrap_or(0) as usize];
        from.read_exact(&mut bytes)?;
        let tensor = Tensor {
            shape: integers(&about["shape"]).iter().map(|n| *n.max(&0) as usize).collect(),
            strides: integers(&about["strides"]),
            offset: about["offset"].as_i64().unwrap_or(0),
            bytes,
        };
        list.push((about["name"].as_str().unwrap_or("").to_string(), tensor));
    }
    Ok(list)
}

/// The gradients that the call asks for.
fn asked(request: &Value, gradients: [Vec<u8>; 3]) -> Vec<Vec<u8>> {
    let names = ["grad_input", "grad_weight", "grad_bias"];
    let outputs = request["outputs"].as_array().into_iter().flatten();
    outputs.filter_map(|o| names.iter().position(|n| o["name"] == *n)).map(|i| gradients[i].clone()).collect()
}

/// The reply without its seq, and the payloads.
fn answer(s: &impl Subject, request: &Value, tensors: &[(String, Tensor)]) -> Answer<(Value, Vec<Vec<u8>>)> {
    let named = |name: &str| tensors.iter().find(|t| t.0 == name).map(|t| &t.1);
    let given = |name: &str| named(name).ok_or_else(|| Refusal::Failed(format!("{name} is missing")));
    let p = Params::read(&request["params"]);
    let payloads = match request["op"].as_str().unwrap_or("") {
        "hello" => {
            let mut reply = s.about();
            reply["protocol"] = json!(1);
            return Ok((reply, vec![]));
        }
        "output_shape" => return Ok((json!({"shape": s.output_shape(&p, &integers(&request["shape"]))?}), vec![])),
        "forward" => vec![s.forward(&p, given("input")?, given("weight")?, named("bias"))?],
        "backward" => asked(request, s.backward(&p, given("input")?, given("weight")?, given("grad_output")?)?),
        op => return Err(Refusal::Unsupported(format!("there is no {op}"))),
    };
    Ok((json!({"bytes": payloads.iter().map(Vec::len).collect::<Vec<_>>()}), payloads))
}

fn reply_of(result: Answer<(Value, Vec<Vec<u8>>)>) -> (Value, Vec<Vec<u8>>) {
    let refused = |status: &str, message: String| (json!({"status": status, "message": message}), vec![]);
    match result {
        Ok((mut reply, payloads)) => {
            reply["status"] = json!("ok");
            (reply, payloads)
        }
        Err(Refusal::Unsupported(why)) => refused("unsupported", why),
        Err(Refusal::Invalid(why)) => refused("invalid", why),
        Err(Refusal::Failed(why)) => refused("error", why),
    }
}

/// Answers calls until the runner closes its end. Nothing else may write to standard output.
pub fn serve(subject: impl Subject) -> io::Result<()> {
    let (mut from, mut to) = (io::stdin().lock(), io::stdout().lock());
    let mut line = String::new();
    while from.read_line(&mut line)? > 0 {
        let request: Value = serde_json::from_str(&line)?;
        let tensors = read_tensors(&request, &mut from)?;
        let (mut reply, payloads) = reply_of(answer(&subject, &request, &tensors));
        reply["seq"] = request["seq"].clone();
        writeln!(to, "{reply}")?;
        payloads.iter().try_for_each(|p| to.write_all(p))?;
        to.flush()?;
        line.clear();
    }
    Ok(())
}
