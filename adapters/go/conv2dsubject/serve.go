package conv2dsubject

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
)

type request struct {
	Seq     int
	Op      string
	Params  Params
	Shape   []int
	Inputs  []*Tensor
	Outputs []struct{ Name string }
}

// The tensor of that name, or nil.
func (q *request) input(name string) *Tensor {
	for _, t := range q.Inputs {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// The gradients that the call asks for.
func (q *request) asked(three [3][]byte) (list [][]byte) {
	for _, o := range q.Outputs {
		for i, name := range [3]string{"grad_input", "grad_weight", "grad_bias"} {
			if o.Name == name {
				list = append(list, three[i])
			}
		}
	}
	return list
}

type reply struct {
	*Subject
	Seq      int    `json:"seq"`
	Status   string `json:"status"`
	Message  string `json:"message,omitempty"`
	Protocol int    `json:"protocol,omitempty"`
	Shape    []int  `json:"shape,omitempty"`
	Bytes    []int  `json:"bytes,omitempty"`
}

func (s *Subject) shape(q *request) ([]int, error) {
	if s.OutputShape != nil {
		return s.OutputShape(&q.Params, q.Shape)
	}
	return q.Params.TorchShape(q.Shape)
}

// The payloads of a call with tensors. A panic of the library is its answer.
func (s *Subject) payloads(q *request) (list [][]byte, err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("panic: %v", why)
		}
	}()
	switch {
	case q.Op == "forward" && s.Forward != nil:
		output, err := s.Forward(&q.Params, q.input("input"), q.input("weight"), q.input("bias"))
		return [][]byte{output}, err
	case q.Op == "backward" && s.Backward != nil:
		three, err := s.Backward(&q.Params, q.input("input"), q.input("weight"), q.input("grad_output"))
		return q.asked(three), err
	}
	return nil, Unsupported("there is no " + q.Op)
}

func (s *Subject) answer(q *request) (r reply, list [][]byte) {
	var err error
	switch q.Op {
	case "hello":
		r.Subject, r.Protocol = s, 1
	case "output_shape":
		r.Shape, err = s.shape(q)
	default:
		list, err = s.payloads(q)
	}
	r.Seq = q.Seq
	if err != nil {
		r.Status, r.Message = statusOf(err), err.Error()
		return r, nil
	}
	r.Status = "ok"
	for _, payload := range list {
		r.Bytes = append(r.Bytes, len(payload))
	}
	return r, list
}

func statusOf(err error) string {
	var u Unsupported
	var i Invalid
	switch {
	case errors.As(err, &u):
		return "unsupported"
	case errors.As(err, &i):
		return "invalid"
	}
	return "error"
}

func readRequest(from *bufio.Reader) (*request, error) {
	line, err := from.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	q := new(request)
	if err := json.Unmarshal(line, q); err != nil {
		return nil, err
	}
	for _, t := range q.Inputs {
		t.memory = make([]byte, t.Bytes)
		if _, err := io.ReadFull(from, t.memory); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// Serve answers calls until the runner closes its end. What the library prints goes to standard error.
func (s *Subject) Serve() {
	from, to := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	os.Stdout = os.Stderr
	for {
		q, err := readRequest(from)
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		r, list := s.answer(q)
		text, err := json.Marshal(r)
		if err != nil {
			log.Fatal(err)
		}
		to.Write(append(text, '\n'))
		for _, payload := range list {
			to.Write(payload)
		}
		if err := to.Flush(); err != nil {
			log.Fatal(err)
		}
	}
}
