// Package conv2dsubject is the child's side of the process bridge of conv2d-cts (specs/pipe.md).
//
// Fill in a Subject with the functions that call your convolution, and call Serve; examples/loops is a whole one.
package conv2dsubject

import (
	"fmt"
	"math/big"
)

// Unsupported is the error of a valid call that is not offered.
type Unsupported string

func (e Unsupported) Error() string { return string(e) }

// Invalid is the error of a call that breaks a rule of specs/. Any other error is never right for a valid call.
type Invalid string

func (e Invalid) Error() string { return string(e) }

// Subject is a convolution under test. A list of what it offers that is empty declares nothing: every case is then sent.
type Subject struct {
	Name         string   `json:"name"`
	Version      string   `json:"version"`
	Description  string   `json:"description"`
	URL          string   `json:"url"`
	Environment  string   `json:"environment"` // on what else results depend: threads, flags
	Claims       []string `json:"claims,omitempty"`
	Own          []string `json:"own,omitempty"`  // what is computed by these functions, and not by the library
	Jobs         int      `json:"jobs,omitempty"` // processes at once: 1 if they would take turns on one device; 0, one a processor
	Capabilities Offers   `json:"capabilities"`

	// OutputShape gives the output's shape for an input of this shape. Without it the shape is that of torch.nn.Conv2d.
	OutputShape func(p *Params, shape []int) ([]int, error) `json:"-"`
	// Forward gives the output's payload (Payload). bias is nil where p.Bias is false.
	Forward func(p *Params, input, weight, bias *Tensor) ([]byte, error) `json:"-"`
	// Backward gives the payloads of the gradients of input, weight and bias.
	Backward func(p *Params, input, weight, gradOutput *Tensor) ([3][]byte, error) `json:"-"`
}

// Offers names what a Subject takes, in the words of specs/pipe.md.
type Offers struct {
	DTypes       []string `json:"dtypes,omitempty"`
	Layouts      []string `json:"layouts,omitempty"`
	PaddingModes []string `json:"padding_modes,omitempty"`
	Directions   []string `json:"directions,omitempty"`
}

// Params are the arguments of torch.nn.Conv2d; pairs are height, width.
type Params struct {
	InChannels  int     `json:"in_channels"`
	OutChannels int     `json:"out_channels"`
	KernelSize  [2]int  `json:"kernel_size"`
	Stride      [2]int  `json:"stride"`
	Padding     Padding `json:"padding"`
	Dilation    [2]int  `json:"dilation"`
	Groups      int     `json:"groups"`
	Bias        bool    `json:"bias"`
	PaddingMode string  `json:"padding_mode"`
	DType       string  `json:"dtype"`
}

// Padding is a word, "same" or "valid", or else a pair.
type Padding struct {
	Word string
	Pair [2]int
}

// Margins are the padding before and after axis 0 (rows) or 1 (columns).
func (p *Params) Margins(axis int) (before, after int) {
	whole := p.Dilation[axis] * (p.KernelSize[axis] - 1)
	switch p.Padding.Word {
	case "same":
		return whole / 2, whole - whole/2
	case "":
		return p.Padding.Pair[axis], p.Padding.Pair[axis]
	}
	return 0, 0
}

// TorchShape is the shape of torch.nn.Conv2d's output for an input of this shape.
func (p *Params) TorchShape(shape []int) ([]int, error) {
	if len(shape) < 3 {
		return nil, Invalid(fmt.Sprint("an input of shape ", shape))
	}
	result := append([]int{}, shape...)
	result[len(shape)-3] = p.OutChannels
	for a := 0; a < 2; a++ {
		size, err := p.extent(a, shape[len(shape)-2+a])
		if err != nil {
			return nil, err
		}
		result[len(shape)-2+a] = size
	}
	return result, nil
}

// The output's rows or columns; parameters may have all 64 bits.
func (p *Params) extent(axis, size int) (int, error) {
	number := func(n int) *big.Int { return big.NewInt(int64(n)) }
	if p.Stride[axis] < 1 {
		return 0, Invalid("a stride below 1")
	}
	span := number(size - 1)
	if p.Padding.Word != "same" {
		span.Sub(span, new(big.Int).Mul(number(p.Dilation[axis]), number(p.KernelSize[axis]-1)))
		span.Add(span, new(big.Int).Mul(number(2), number(p.Padding.Pair[axis])))
	}
	if span.Sign() < 0 || !span.IsInt64() {
		return 0, Invalid("the output would have no or too many elements")
	}
	return int(span.Int64())/p.Stride[axis] + 1, nil
}
