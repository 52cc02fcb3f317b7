package conv2dsubject

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"unsafe"
)

// Element is a type of elements; those of float16, bfloat16 and the float8 types are their bits.
type Element interface {
	float32 | float64 | complex64 | complex128 | int8 | uint8 | int16 | uint16 | int32 | int64
}

// Tensor has its elements as they lie in the runner's memory, gaps included. Strides count elements.
type Tensor struct {
	Name    string `json:"name"`
	Shape   []int  `json:"shape"`
	Strides []int  `json:"strides"`
	Offset  int    `json:"offset"`
	Bytes   int    `json:"bytes"`
	memory  []byte
}

// Elements gives the elements of t compact and row-major.
func Elements[T Element](t *Tensor) []T {
	var one T
	all := make([]T, t.Bytes/int(unsafe.Sizeof(one)))
	binary.Read(bytes.NewReader(t.memory), binary.LittleEndian, all)
	count := 1
	for _, n := range t.Shape {
		count *= n
	}
	list, index := make([]T, 0, count), make([]int, len(t.Shape))
	for at := t.Offset; len(list) < count; {
		list = append(list, all[at])
		for axis := len(index) - 1; axis >= 0; axis-- {
			index[axis]++
			at += t.Strides[axis]
			if index[axis] < t.Shape[axis] {
				break
			}
			at -= index[axis] * t.Strides[axis]
			index[axis] = 0
		}
	}
	return list
}

// Payload makes the payload of a result from its elements, compact and row-major.
func Payload[T Element](list []T) []byte {
	var to bytes.Buffer
	binary.Write(&to, binary.LittleEndian, list)
	return to.Bytes()
}

// UnmarshalJSON reads a word or a pair.
func (p *Padding) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &p.Word)
	}
	return json.Unmarshal(text, &p.Pair)
}
