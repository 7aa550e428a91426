package bot

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
)

// post makes one call with a file. telebot has this only inside sends of its own, which know no context.
func (c *Client) post(ctx context.Context, method string, form Form) ([]byte, error) {
	body, kind, err := form.encode()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	target := c.base.JoinPath("bot"+standIn, method)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	client := http.Client{Transport: c.wire, CheckRedirect: stay}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body) // bounded by the wire
}

// encode returns the body and its content type.
func (f Form) encode() (*bytes.Buffer, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range f.Fields {
		if err := w.WriteField(name, value); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile(f.Field, f.Name)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(f.Data); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return &body, w.FormDataContentType(), nil
}
