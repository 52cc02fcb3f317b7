// A whole subject: plain loops over batches without groups, of float32 and complex64.
//
//	go build -C adapters/go/conv2dsubject -o ../../../build/loops ./examples/loops
//	build/conv2d-cts run --impl-cmd build/loops
package main

import . "conv2dsubject"

// numbers gives the elements of t as complex numbers.
func numbers(p *Params, t *Tensor) (list []complex128) {
	if p.DType == "complex64" {
		for _, v := range Elements[complex64](t) {
			list = append(list, complex128(v))
		}
		return list
	}
	for _, v := range Elements[float32](t) {
		list = append(list, complex(float64(v), 0))
	}
	return list
}

// result makes the payload of a sum of complex numbers for each element.
func result(p *Params, sums []complex128) []byte {
	whole, parts := []complex64{}, []float32{}
	for _, sum := range sums {
		whole, parts = append(whole, complex64(sum)), append(parts, float32(real(sum)))
	}
	if p.DType == "complex64" {
		return Payload(whole)
	}
	return Payload(parts)
}

func forward(p *Params, input, weight, bias *Tensor) ([]byte, error) {
	if p.Groups != 1 || len(input.Shape) != 4 {
		return nil, Unsupported("groups, unbatched inputs")
	}
	x, w, y := numbers(p, input), numbers(p, weight), []complex128{}
	in, k := input.Shape, p.KernelSize
	out, err := p.TorchShape(in)
	top, _ := p.Margins(0)
	left, _ := p.Margins(1)
	for at := 0; err == nil && at < out[0]*out[1]*out[2]*out[3]; at++ {
		n, o, i, j, sum := at/out[3]/out[2]/out[1], at/out[3]/out[2]%out[1], at/out[3]%out[2], at%out[3], complex128(0)
		for tap := 0; tap < in[1]*k[0]*k[1]; tap++ {
			c, h := tap/k[1]/k[0], i*p.Stride[0]+tap/k[1]%k[0]*p.Dilation[0]-top
			if v := j*p.Stride[1] + tap%k[1]*p.Dilation[1] - left; h >= 0 && h < in[2] && v >= 0 && v < in[3] {
				sum += x[((n*in[1]+c)*in[2]+h)*in[3]+v] * w[o*in[1]*k[0]*k[1]+tap]
			}
		}
		if bias != nil {
			sum += numbers(p, bias)[o]
		}
		y = append(y, sum)
	}
	return result(p, y), err
}

func main() {
	(&Subject{Name: "loops", Version: "1", Forward: forward, Own: []string{"shape"}, Capabilities: Offers{
		DTypes: []string{"float32", "complex64"}, PaddingModes: []string{"zeros"}, Directions: []string{"forward"}}}).Serve()
}
