// Package bot is the Telegram side: updates in, messages out. It knows chats, lanes and buttons; it knows no prompts and no database engine.
package bot
