// A whole subject: plain loops over batches without groups.
//
//	go build -C adapters/go/conv2dsubject -o ../../../build/loops ./examples/loops
//	build/conv2d-cts run --impl-cmd build/loops
package main

import . "conv2dsubject"

func forward(p *Params, input, weight, bias *Tensor) ([]byte, error) {
	if p.Groups != 1 || len(input.Shape) != 4 {
		return nil, Unsupported("groups, unbatched inputs")
	}
	x, w, y := Elements[float32](input), Elements[float32](weight), []float32{}
	in, k := input.Shape, p.KernelSize
	out, err := p.TorchShape(in)
	top, _ := p.Margins(0)
	left, _ := p.Margins(1)
	for at := 0; err == nil && at < out[0]*out[1]*out[2]*out[3]; at++ {
		n, o, i, j, sum := at/out[3]/out[2]/out[1], at/out[3]/out[2]%out[1], at/out[3]%out[2], at%out[3], 0.0
		for tap := 0; tap < in[1]*k[0]*k[1]; tap++ {
			c, h := tap/k[1]/k[0], i*p.Stride[0]+tap/k[1]%k[0]*p.Dilation[0]-top
			if v := j*p.Stride[1] + tap%k[1]*p.Dilation[1] - left; h >= 0 && h < in[2] && v >= 0 && v < in[3] {
				sum += float64(x[((n*in[1]+c)*in[2]+h)*in[3]+v]) * float64(w[o*in[1]*k[0]*k[1]+tap])
			}
		}
		if bias != nil {
			sum += float64(Elements[float32](bias)[o])
		}
		y = append(y, float32(sum))
	}
	return Payload(y), err
}

func main() {
	(&Subject{Name: "loops", Version: "1", Forward: forward, Own: []string{"shape"}, Capabilities: Offers{
		DTypes: []string{"float32"}, PaddingModes: []string{"zeros"}, Directions: []string{"forward"}}}).Serve()
}
