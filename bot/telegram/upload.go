package telegram

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
)

// Form is a payload with a file.
type Form struct {
	Fields map[string]string
	Field  string // the name of the file's field: "photo", "document"
	Name   string // of the file
	Data   []byte
}

// encode returns the request's body and its content type.
func encode(payload any) (body *bytes.Buffer, contentType string, err error) {
	body = new(bytes.Buffer)
	switch p := payload.(type) {
	case Form:
		contentType, err = p.write(body)
		return body, contentType, err
	case addressed:
		return body, "application/json", p.write(body)
	}
	return body, "application/json", json.NewEncoder(body).Encode(payload)
}

func (f Form) write(body *bytes.Buffer) (contentType string, err error) {
	w := multipart.NewWriter(body)
	for name, value := range f.Fields {
		if err := w.WriteField(name, value); err != nil {
			return "", err
		}
	}
	part, err := w.CreateFormFile(f.Field, f.Name)
	if err != nil {
		return "", err
	}
	if _, err := part.Write(f.Data); err != nil {
		return "", err
	}
	return w.FormDataContentType(), w.Close()
}
