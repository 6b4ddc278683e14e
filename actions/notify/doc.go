// Package notify is the kind "notify": it tells people, by the services that
// github.com/nicholas-fedor/shoutrrr knows (slack, discord, telegram, matrix,
// ntfy, smtp …), and by webhooks, which are posted {"title": …, "text": …}.
//
// All are told at once, 10 s at most each, and one that cannot be told keeps
// none of the others from it. An address is a secret as a whole: only a
// service's name or a webhook's host is ever shown, and every part of the
// address is struck out of errors, which repeat it whole in the library.
//
// Do waits for its goroutines, one for each address, with one exception: the
// library takes no context, so a call of it that hangs is left behind when the
// time is up. Four at most for each address; the next waits for one of them
// within its own time, and is not sent. Text beyond 4 KiB is dropped, and says
// so. A webhook's redirect to another host is refused.
//
// It imports gonogo/model, gonogo/model/config, gonogo/internal and libraries only.
package notify
