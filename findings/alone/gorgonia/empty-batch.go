// Gorgonia 0.9.18: the convolution of an empty batch panics in the im2col operator.
// Run in a module that requires gorgonia.org/gorgonia: go run empty-batch.go
// Proof: confirmed
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func convolve() {
	g := G.NewGraph()
	empty := tensor.New(tensor.WithShape(0, 4, 6, 7), tensor.WithBacking([]float32{}))
	x := G.NewTensor(g, G.Float32, 4, G.WithShape(0, 4, 6, 7), G.WithName("x"), G.WithValue(empty))
	w := G.NewTensor(g, G.Float32, 4, G.WithShape(6, 4, 3, 3), G.WithName("w"), G.WithInit(G.Ones()))
	y := G.Must(G.Conv2d(x, w, tensor.Shape{3, 3}, []int{0, 0}, []int{1, 1}, []int{1, 1}))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println("shape:", y.Value().Shape())
}

// The machine panics in a goroutine of its own, so that a process of its own is asked.
func main() {
	if len(os.Args) > 1 {
		convolve()
		return
	}
	out, err := exec.Command(os.Args[0], "here").CombinedOutput()
	fmt.Println(strings.SplitN(string(out), "\n", 2)[0])
	if err != nil && strings.HasPrefix(string(out), "panic:") {
		fmt.Println("confirmed")
	} else {
		fmt.Println("not reproduced")
	}
}
