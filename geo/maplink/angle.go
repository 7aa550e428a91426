package maplink

// angle is one coordinate: degrees, or degrees with minutes and seconds.
type angle struct {
	degrees  float64 // without sign
	role     kind    // of the last number: degreeMark, minuteMark, secondMark
	numbers  int
	fraction int  // digits of the last number after the decimal sign
	marked   bool // a number has its mark
	joined   bool // numbers are joined with - or :
	closed   bool // nothing can be added
	sign     int8 // as written: +1, -1, 0
	dashed   bool // a dash that may be a minus stands before it
}

// note is a side or a label and where it stands.
type note struct {
	token
	angles    int  // number of angles before it
	separated bool // a separator stands between the angle before and it
}

// coordinateLine is a line that has nothing but angles, sides and labels.
type coordinateLine struct {
	angles     []angle
	sides      []note
	labels     []note
	conjoined  bool // it has a conjunction
	named      bool // it says that it is about coordinates
	upperSides bool // all sides are in upper case
}

// readLine parses tokens. It returns false if they are not coordinates.
func readLine(ts []token) (*coordinateLine, bool) {
	l := &coordinateLine{upperSides: true}
	dashed, separated, joining := false, false, false
	for i, t := range ts {
		switch t.kind {
		case number:
			mark := unknown
			if i+1 < len(ts) {
				mark = ts[i+1].kind
			}
			if !l.addNumber(t, mark, i+2 >= len(ts), dashed, joining) {
				return nil, false
			}
			dashed, separated, joining = false, false, false
		case degreeMark, minuteMark, secondMark: // read with their number; others are quotation marks
		case separator:
			l.close()
			separated = true
		case joint:
			joining = true
		case dash:
			l.close()
			dashed = true
		case sideWord:
			l.close()
			l.sides = append(l.sides, note{t, len(l.angles), separated})
			l.upperSides = l.upperSides && t.upper
		case axisWord:
			l.close()
			l.labels = append(l.labels, note{t, len(l.angles), separated})
		case filler:
			l.named = true
		case conjunction:
			l.close()
			l.conjoined, separated = true, true
		default:
			return nil, false
		}
	}
	return l, len(l.angles) > 0
}

func (l *coordinateLine) close() {
	if n := len(l.angles); n > 0 {
		l.angles[n-1].closed = true
	}
}

// addNumber adds a number to the last angle, or begins an angle with it. mark is the token behind it; ends reports whether the line ends there.
func (l *coordinateLine) addNumber(t token, mark kind, ends, dashed, joining bool) bool {
	var last *angle
	if n := len(l.angles); n > 0 {
		last = &l.angles[n-1]
	}
	marked := mark == degreeMark || mark == minuteMark || mark == secondMark
	goesOn := last != nil && !last.closed && last.fraction == 0 && last.role < secondMark && t.sign == 0 && mark != degreeMark
	if !goesOn {
		switch {
		case joining:
			return false // 48.8721-2.3322
		case marked && mark != degreeMark && !ends:
			return false // minutes without degrees
		case t.whole > 3:
			return false
		}
		l.close()
		l.angles = append(l.angles, angle{
			degrees: t.value, role: degreeMark, numbers: 1, fraction: t.fraction,
			marked: mark == degreeMark, sign: t.sign, dashed: dashed,
		})
		return true
	}
	role := last.role + 1
	if marked {
		role = mark
	}
	if role <= last.role || t.whole > 2 || t.value >= 60 {
		return false
	}
	unit := 60.0
	if role == secondMark {
		unit = 3600
	}
	last.degrees += t.value / unit
	last.role, last.fraction = role, t.fraction
	last.numbers++
	last.marked = last.marked || marked
	last.joined = last.joined || joining
	return true
}
