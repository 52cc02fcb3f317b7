// Gorgonia's Conv2d, run by a tape machine, and its gradients.
package main

import (
	. "conv2dsubject"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func imported(g *G.ExprGraph, name string, t *Tensor) *G.Node {
	kind, value := G.Float32, tensor.New(tensor.WithShape(t.Shape...), tensor.WithBacking(Elements[float32](t)))
	return G.NewTensor(g, kind, len(t.Shape), G.WithShape(t.Shape...), G.WithName(name), G.WithValue(value))
}

// The padding of both axes, which the library puts on both sides.
func padding(p *Params) ([]int, error) {
	list := []int{0, 0}
	for axis := range list {
		before, after := p.Margins(axis)
		if before != after {
			return nil, Unsupported("more padding after than before")
		}
		list[axis] = before
	}
	return list, nil
}

func outputShape(p *Params, shape []int) ([]int, error) {
	if len(shape) != 4 || p.Groups != 1 {
		return nil, Unsupported("groups, inputs without a batch")
	}
	if _, err := padding(p); err != nil {
		return nil, err
	}
	return p.TorchShape(shape)
}

// The layer as nodes: input, weight, output.
func layer(g *G.ExprGraph, p *Params, input, weight *Tensor) (x, w, y *G.Node, err error) {
	pad, err := padding(p)
	if err != nil {
		return
	}
	x, w = imported(g, "x", input), imported(g, "w", weight)
	y, err = G.Conv2d(x, w, tensor.Shape(p.KernelSize[:]), pad, p.Stride[:], p.Dilation[:])
	return
}

// Runs the graph; its machine must be closed, as it keeps a thread.
func run(g *G.ExprGraph, options ...G.VMOpt) error {
	machine := G.NewTapeMachine(g, options...)
	defer machine.Close()
	return machine.RunAll()
}

func floats(v G.Value) []float32 {
	switch data := v.Data().(type) {
	case []float32:
		return data
	case float32: // of a single element
		return []float32{data}
	}
	return nil
}

// The library's Conv2d has no bias.
func addBias(y, bias []float32, plane int) {
	for i := range y {
		y[i] += bias[i/plane%len(bias)]
	}
}

func forward(p *Params, input, weight, bias *Tensor) ([]byte, error) {
	g := G.NewGraph()
	_, _, y, err := layer(g, p, input, weight)
	if err == nil {
		err = run(g)
	}
	if err != nil {
		return nil, err
	}
	output := floats(y.Value())
	if bias != nil {
		shape := y.Shape()
		addBias(output, Elements[float32](bias), shape[2]*shape[3])
	}
	return Payload(output), nil
}

// The gradient of the bias: sums over images, rows and columns.
func sums(gy []float32, channels, plane int) []float32 {
	total := make([]float64, channels)
	for i, v := range gy {
		total[i/plane%channels] += float64(v)
	}
	list := make([]float32, channels)
	for i, v := range total {
		list[i] = float32(v)
	}
	return list
}

func backward(p *Params, input, weight, gradOutput *Tensor) (all [3][]byte, err error) {
	if _, err = outputShape(p, input.Shape); err != nil {
		return
	}
	g := G.NewGraph()
	x, w, y, err := layer(g, p, input, weight)
	if err != nil {
		return
	}
	product, err := G.HadamardProd(y, imported(g, "gy", gradOutput))
	if err != nil {
		return
	}
	cost, err := G.Sum(product)
	if err != nil {
		return
	}
	if _, err = G.Grad(cost, x, w); err != nil {
		return
	}
	if err = run(g, G.BindDualValues(x, w)); err != nil {
		return
	}
	for i, node := range []*G.Node{x, w} {
		gradient, err := node.Grad()
		if err != nil {
			return all, err
		}
		all[i] = Payload(floats(gradient))
	}
	shape := gradOutput.Shape
	all[2] = Payload(sums(Elements[float32](gradOutput), shape[1], shape[2]*shape[3]))
	return all, nil
}

func main() {
	(&Subject{
		Name: "Gorgonia", Version: "0.9.18", Description: "Conv2d on a tape machine; the bias is the adapter's",
		URL: "https://gorgonia.org", Own: []string{"shape", "bias"},
		OutputShape: outputShape, Forward: forward, Backward: backward,
		Capabilities: Offers{DTypes: []string{"float32"}, Layouts: []string{"nchw"},
			PaddingModes: []string{"zeros"}, Directions: []string{"forward", "backward"}},
	}).Serve()
}
