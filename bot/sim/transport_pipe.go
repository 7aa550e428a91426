package sim

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// pipeRoom is the size in bytes of the buffer between handler and client: about that of sockets.
const pipeRoom = 64 << 10

var (
	errLeft = errors.New("sim: the client closed the connection")
	errBody = errors.New("sim: read on closed response body")
)

// pipe carries one response: the handler writes, the client reads.
// It belongs to the caller's synctest bubble and blocks only on its own channel and cond.
type pipe struct {
	started  chan struct{} // closed when the header is written, or when the connection ends before
	header   http.Header   // of the handler, copied into sent at the first write
	bodyless bool          // a HEAD request: no body is sent

	mu      sync.Mutex
	moved   sync.Cond // buf, ended or left changed
	sent    http.Header
	status  int // 0 = no header yet
	length  int64
	written int64
	buf     []byte
	ended   error // why no more data comes: io.EOF after a complete response
	left    error // why the client stopped reading
}

func newPipe(bodyless bool) *pipe {
	p := &pipe{started: make(chan struct{}), header: http.Header{}, bodyless: bodyless, length: -1}
	p.moved.L = &p.mu
	return p
}

// Header, WriteHeader, Write and Flush are for the handler.
func (p *pipe) Header() http.Header { return p.header }

func (p *pipe) WriteHeader(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.startLocked(status, nil)
}

func (p *pipe) Flush() { _ = p.FlushError() }

// FlushError sends the header; written bytes are sent at once.
func (p *pipe) FlushError() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.startLocked(http.StatusOK, nil)
	return p.left
}

func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.startLocked(http.StatusOK, b)
	if p.status == http.StatusNoContent || p.status == http.StatusNotModified {
		return 0, http.ErrBodyNotAllowed
	}
	if p.length >= 0 && p.written+int64(len(b)) > p.length {
		return 0, http.ErrContentLength
	}
	p.written += int64(len(b))
	n := 0
	for n < len(b) {
		for len(p.buf) >= pipeRoom && p.left == nil {
			p.moved.Wait()
		}
		if p.left != nil {
			return n, p.left
		}
		step := min(len(b)-n, pipeRoom-len(p.buf))
		if !p.bodyless {
			p.buf = append(p.buf, b[n:n+step]...)
		}
		n += step
		p.moved.Broadcast()
	}
	return n, nil
}

// startLocked fixes the header once, as the server of net/http does.
func (p *pipe) startLocked(status int, first []byte) {
	if p.status != 0 || status < 200 {
		return
	}
	p.status, p.sent = status, p.header.Clone()
	if p.sent.Get("Date") == "" {
		p.sent.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if len(first) > 0 && p.sent.Get("Content-Type") == "" && p.sent.Get("Content-Encoding") == "" {
		p.sent.Set("Content-Type", http.DetectContentType(first))
	}
	if n, err := strconv.ParseInt(p.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		p.length = n
	}
	if p.ended == nil {
		close(p.started)
	}
}

// finish ends the response when the handler returns. The response is complete unless its Content-Length is larger.
func (p *pipe) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status == 0 {
		if p.header.Get("Content-Length") == "" {
			p.header.Set("Content-Length", "0")
		}
		p.startLocked(http.StatusOK, nil)
	}
	p.ended = io.EOF
	if p.length > p.written && !p.bodyless {
		p.ended = io.ErrUnexpectedEOF
	}
	p.moved.Broadcast()
}

// cut breaks the connection.
func (p *pipe) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = io.ErrUnexpectedEOF
	if p.status == 0 {
		close(p.started)
	}
	p.moved.Broadcast()
}

// leave ends reading. Unread data is dropped.
func (p *pipe) leave(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == nil {
		p.left, p.buf = err, nil
	}
	p.moved.Broadcast()
}

// failed returns why there is no response although started is closed.
func (p *pipe) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status != 0 {
		return nil
	}
	return p.ended
}

// response returns the client's response, with the header at the time of the first write.
func (p *pipe) response(req *http.Request, body io.ReadCloser) *http.Response {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &http.Response{
		Status:     strconv.Itoa(p.status) + " " + http.StatusText(p.status),
		StatusCode: p.status,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1,
		Header:        p.sent,
		ContentLength: p.length,
		Body:          body,
		Request:       req,
	}
}

// responseBody is the client's side of a pipe.
type responseBody struct {
	pipe  *pipe
	close func()
}

// Read returns the written data, then io.EOF, or io.ErrUnexpectedEOF if the connection broke.
func (b *responseBody) Read(to []byte) (int, error) {
	p := b.pipe
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.buf) == 0 && p.ended == nil && p.left == nil {
		p.moved.Wait()
	}
	switch {
	case errors.Is(p.left, errLeft):
		return 0, errBody
	case p.left != nil:
		return 0, p.left
	case len(p.buf) == 0:
		return 0, p.ended
	}
	n := copy(to, p.buf)
	p.buf = p.buf[n:]
	p.moved.Broadcast()
	return n, nil
}

// Close ends reading and cancels the context of a running handler.
func (b *responseBody) Close() error {
	b.close()
	return nil
}

// requestBody allows both sides to close a body.
type requestBody struct {
	io.ReadCloser
	once sync.Once
}

// Close closes the client's reader.
func (b *requestBody) Close() error {
	var err error
	b.once.Do(func() {
		if b.ReadCloser != nil {
			err = b.ReadCloser.Close()
		}
	})
	return err
}
