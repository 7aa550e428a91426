package chat

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Bounds of a stream in bytes.
const (
	maxStream = 16 << 20 // everything that is read of one answer, with the overhead of its events
	maxLine   = 1 << 20  // one line, or one event: an answer that is not streamed is a single one
)

var (
	errLongLine   = errors.New("a line over 1 MiB")
	errIncomplete = errors.New("incomplete JSON") // an event needs more data
)

// eventReader splits a body into events. It accepts what servers send in place of server-sent events: any line ends, comments, empty and unterminated
// events, an event in several data lines or one in each, named events, and JSON without any framing.
type eventReader struct {
	// event is called for each event. If it returns errIncomplete, it is called again with more data, if there is more. It may not keep data.
	event   func(name string, data []byte) error
	comment func()            // is called for each comment line: the server is alive
	other   func(text []byte) // is called for what is neither an event nor JSON

	r       *bufio.Reader
	long    []byte // a line that is larger than the buffer of r
	pending []byte // incomplete data
	name    string // of the event, from its "event:" line
	framed  bool   // a line with a field was there
	bare    bool   // the body has no framing: its lines are JSON
}

// run reads the body to its end. It returns nil at io.EOF, an error of event, or an error of the body.
func (e *eventReader) run(body io.Reader) error {
	e.r = bufio.NewReader(io.LimitReader(body, maxStream))
	start := true
	for {
		line, end := e.readLine()
		if start {
			line, start = bytes.TrimPrefix(line, []byte("\ufeff")), false
		}
		if err := e.lines(line); err != nil {
			return err
		}
		if end == nil {
			continue
		}
		if err := e.flush(); err != nil {
			return err
		}
		if errors.Is(end, io.EOF) {
			return nil
		}
		return end
	}
}

// readLine returns the next line with its end. The last one may have none; it comes together with the error.
func (e *eventReader) readLine() ([]byte, error) {
	e.long = e.long[:0]
	for {
		part, err := e.r.ReadSlice('\n')
		if err == nil && len(e.long) == 0 {
			return part, nil
		}
		if len(e.long)+len(part) > maxLine {
			return nil, errLongLine
		}
		e.long = append(e.long, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return e.long, err
		}
	}
}

// lines reads what stands before a line feed: one line, or several that end in carriage returns.
func (e *eventReader) lines(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'})
	for {
		line, rest, more := bytes.Cut(text, []byte{'\r'})
		if err := e.line(line); err != nil || !more {
			return err
		}
		text = rest
	}
}

// line reads one line without its end.
func (e *eventReader) line(line []byte) error {
	if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
		e.framed = true
		return e.data(bytes.TrimSpace(data))
	}
	text := bytes.TrimSpace(line)
	switch {
	case e.bare:
		return e.data(text)
	case len(text) == 0:
		return e.flush()
	case line[0] == ':':
		e.framed = true
		e.comment()
	case bytes.HasPrefix(line, []byte("event:")):
		e.framed, e.name = true, string(bytes.TrimSpace(line[len("event:"):]))
	case bytes.HasPrefix(line, []byte("id:")), bytes.HasPrefix(line, []byte("retry:")):
		e.framed = true
	case text[0] == '{' || text[0] == '[':
		e.bare = !e.framed
		return e.data(text)
	default:
		e.other(text)
	}
	return nil
}

// data adds a piece of an event. The event is passed on as soon as it is complete, because some servers leave out the empty line after it.
func (e *eventReader) data(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if len(e.pending) == 0 {
		err := e.event(e.name, data)
		if !errors.Is(err, errIncomplete) {
			e.name = ""
			return err
		}
	}
	if len(e.pending)+len(data) >= maxLine {
		return errLongLine
	}
	more := len(e.pending) > 0
	if more {
		e.pending = append(e.pending, '\n')
	}
	e.pending = append(e.pending, data...)
	if last := data[len(data)-1]; !more || last != '}' && last != ']' {
		return nil // trying after each line would take quadratic time
	}
	err := e.event(e.name, e.pending)
	if errors.Is(err, errIncomplete) {
		return nil
	}
	e.pending, e.name = e.pending[:0], ""
	return err
}

// flush ends the event. An incomplete event stays incomplete.
func (e *eventReader) flush() error {
	if len(e.pending) > 0 {
		e.other(e.pending)
		e.pending = e.pending[:0]
	}
	e.name = ""
	return nil
}
