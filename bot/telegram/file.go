package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrTooLarge means that a file has more bytes than the caller takes.
var ErrTooLarge = errors.New("telegram: the file is too large")

// PhotoSize is one of the sizes of a photo.
type PhotoSize struct {
	FileID string `json:"file_id"`
	Width  int    `json:"width"`  // pixels
	Height int    `json:"height"` // pixels
	Bytes  int    `json:"file_size"`
}

// readSizes reads the sizes of a message's photo, of which telebot keeps only the last one.
func (u *Update) readSizes(raw []byte) error {
	if !bytes.Contains(raw, []byte(`"photo"`)) {
		return nil
	}
	var in struct {
		Message struct {
			Photo []PhotoSize `json:"photo"`
		} `json:"message"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	u.Sizes = in.Message.Photo
	return nil
}

// files is implemented by a Client. An API that is not one has no files.
type files interface {
	file(ctx context.Context, path string, most int) ([]byte, error)
}

// File returns a file that a person sent, of at most most bytes. The error is ErrTooLarge if it is larger.
func (s *Sender) File(ctx context.Context, id string, most int) ([]byte, error) {
	source, ok := s.api.(files)
	if !ok {
		return nil, errors.New("telegram: files cannot be read here")
	}
	var f struct {
		Path  string `json:"file_path"`
		Bytes int    `json:"file_size"`
	}
	if err := s.Do(ctx, Request{Method: "getFile", Payload: map[string]any{"file_id": id}, Idempotent: true}, &f); err != nil {
		return nil, err
	}
	if f.Bytes > most {
		return nil, ErrTooLarge
	}
	return source.file(ctx, f.Path, most)
}

// file reads a file by the path that getFile returned. It is bounded by ctx and by 15 s.
func (c *Client) file(ctx context.Context, path string, most int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.files.JoinPath(path).String(), nil)
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read a file: status %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	if len(data) > most {
		return nil, ErrTooLarge
	}
	return data, nil
}
