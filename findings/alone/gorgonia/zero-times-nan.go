// Gorgonia 0.9.18: a tap of 0 over a pixel that is NaN gives a finite number, as the product of matrices leaves out zeros.
// Run in a module that requires gorgonia.org/gorgonia: go run zero-times-nan.go
// Proof: confirmed
package main

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func imported(g *G.ExprGraph, name string, shape tensor.Shape, data ...float32) *G.Node {
	value := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	return G.NewTensor(g, G.Float32, 4, G.WithShape(shape...), G.WithName(name), G.WithValue(value))
}

func main() {
	nan := float32(math.NaN())
	g := G.NewGraph()
	x := imported(g, "x", tensor.Shape{1, 1, 2, 2}, 1, nan, 1, 1)
	w := imported(g, "w", tensor.Shape{1, 1, 2, 2}, 1, 1, 1, 1)
	y := G.Must(G.Conv2d(x, w, tensor.Shape{2, 2}, []int{1, 1}, []int{1, 1}, []int{1, 1}))
	gy := imported(g, "gy", tensor.Shape{1, 1, 3, 3}, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	gradients, err := G.Grad(G.Must(G.Sum(G.Must(G.HadamardProd(y, gy)))), w)
	if err != nil {
		panic(err)
	}
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	missing := 0
	for _, v := range gradients[0].Value().Data().([]float32) {
		if v == v {
			missing++
		}
	}
	fmt.Println("the gradient of the weight: of 4 sums with 0 * NaN", missing, "are finite")
	if missing > 0 {
		fmt.Println("confirmed")
	} else {
		fmt.Println("not reproduced")
	}
}
