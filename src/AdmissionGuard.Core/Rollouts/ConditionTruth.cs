namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// Whether a condition of Argo says the same whatever was measured: <c>1 == 1</c>, <c>len(result) >= 0</c>, <c>true || result[0] > 1</c>. What it
/// cannot read it takes for a condition on the result. See docs/facts/argo-rollouts.md#cannot-fail.
/// </summary>
internal static class ConditionTruth
{
    private enum Sort
    {
        Unknown,
        Truth,
        Number,
        Text,
        Count,
    }

    /// <summary>What is known of an expression: its constant value, or that it is a count and so not below 0.</summary>
    private readonly record struct Known(Sort Sort, double Number, string Text)
    {
        public static Known Nothing => default;

        public bool? AsTruth => Sort == Sort.Truth ? Number != 0 : null;

        public bool IsConstant => Sort is Sort.Truth or Sort.Number or Sort.Text;

        public static Known Of(bool? truth) => truth is { } value ? new Known(Sort.Truth, Convert.ToDouble(value), "") : Nothing;
    }

    /// <summary>A comparison with a number, to see whether two of them leave anything out.</summary>
    private readonly record struct Bound(string Of, bool IsLower, double Limit);

    private readonly record struct Result(Known Known, string Text, Bound? Bound);

    /// <summary>True or false for every measurement; null where the measurement decides, or nobody can tell.</summary>
    public static bool? Of(string condition)
    {
        var words = ConditionWords.Of(condition);
        if (words is null)
            return null;
        var at = 0;
        var result = Or(words, ref at);
        return result is { } whole && at == words.Count ? whole.Known.AsTruth : null;
    }

    private static Result? Or(List<string> words, ref int at) => Chain(words, ref at, isOr: true);

    private static Result? Chain(List<string> words, ref int at, bool isOr)
    {
        var sign = isOr ? "||" : "&&";
        if (Part(words, ref at, isOr) is not { } first)
            return null;
        while (at < words.Count && (words[at] == sign || words[at] == (isOr ? "or" : "and")))
        {
            at++;
            if (Part(words, ref at, isOr) is not { } next)
                return null;
            first = new Result(Known.Of(Joined(first, next, isOr)), first.Text + sign + next.Text, null);
        }
        return first;
    }

    private static Result? Part(List<string> words, ref int at, bool isOr) => isOr ? Chain(words, ref at, isOr: false) : Not(words, ref at);

    private static bool? Joined(Result one, Result other, bool isOr)
    {
        if (one.Known.AsTruth == isOr || other.Known.AsTruth == isOr)
            return isOr;
        if (one.Bound is { } a && other.Bound is { } b && a.Of == b.Of && a.IsLower != b.IsLower)
        {
            var (lower, upper) = a.IsLower ? (a.Limit, b.Limit) : (b.Limit, a.Limit);
            // x > 0 or x < 1 is every number, x > 1 and x < 0 none
            if (isOr ? lower <= upper : lower > upper)
                return isOr;
        }
        return one.Known.AsTruth is null || other.Known.AsTruth is null ? null : !isOr;
    }

    private static Result? Not(List<string> words, ref int at)
    {
        if (at < words.Count && words[at] is "!" or "not")
        {
            at++;
            return Not(words, ref at) is { } of ? new Result(Known.Of(!of.Known.AsTruth), "!" + of.Text, null) : null;
        }
        return Comparison(words, ref at);
    }

    private static Result? Comparison(List<string> words, ref int at)
    {
        if (Term(words, ref at) is not { } left)
            return null;
        if (at >= words.Count || words[at] is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
            return left;
        var sign = words[at++];
        if (Term(words, ref at) is not { } right)
            return null;
        Bound? bound = null;
        if (sign[0] is '<' or '>' && right.Known.Sort == Sort.Number)
            bound = new Bound(left.Text, sign[0] == '>', right.Known.Number);
        return new Result(Known.Of(Compared(left, sign, right)), $"{left.Text}{sign}{right.Text}", bound);
    }

    private static bool? Compared(Result left, string sign, Result right)
    {
        if (left.Text == right.Text && !left.Known.IsConstant)
            return sign is "==" or "<=" or ">=";
        var (a, b) = (left.Known, right.Known);
        if (a.Sort == Sort.Count && b.Sort == Sort.Number)
            return OfCount(sign, b.Number);
        if (!a.IsConstant || !b.IsConstant || a.Sort != b.Sort)
            return null;
        var order = a.Sort == Sort.Text ? string.CompareOrdinal(a.Text, b.Text) : a.Number.CompareTo(b.Number);
        return sign switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static bool? OfCount(string sign, double limit) =>
        sign switch
        {
            ">=" when limit <= 0 => true,
            ">" or "!=" when limit < 0 => true,
            "<" when limit <= 0 => false,
            "<=" or "==" when limit < 0 => false,
            _ => null,
        };

    /// <summary>A constant, a sum of them, or anything else up to the next sign, as it is written.</summary>
    private static Result? Term(List<string> words, ref int at)
    {
        if (Factor(words, ref at) is not { } first)
            return null;
        while (at < words.Count && words[at] is "+" or "-" or "*" or "/" or "%" or "**")
        {
            var sign = words[at++];
            if (Factor(words, ref at) is not { } next)
                return null;
            var known = first.Known.Sort == Sort.Number && next.Known.Sort == Sort.Number ? Computed(first.Known, sign, next.Known) : Known.Nothing;
            first = new Result(known, $"{first.Text}{sign}{next.Text}", null);
        }
        return first;
    }

    private static Known Computed(Known a, string sign, Known b) =>
        sign switch
        {
            "+" => a with { Number = a.Number + b.Number },
            "-" => a with { Number = a.Number - b.Number },
            "*" => a with { Number = a.Number * b.Number },
            _ => Known.Nothing,
        };

    private static Result? Factor(List<string> words, ref int at)
    {
        if (at >= words.Count)
            return null;
        var word = words[at++];
        if (word == "-")
        {
            if (Factor(words, ref at) is not { } of)
                return null;
            return new Result(of.Known.Sort == Sort.Number ? of.Known with { Number = -of.Known.Number } : Known.Nothing, "-" + of.Text, null);
        }
        if (word == "(")
        {
            if (Or(words, ref at) is not { } inner || at >= words.Count || words[at++] != ")")
                return null;
            return inner;
        }
        if (ConditionWords.NumberOf(word) is { } number)
            return new Result(new Known(Sort.Number, number, ""), word, null);
        if (word[0] is '"' or '\'')
            return new Result(new Known(Sort.Text, 0, word[1..^1]), word, null);
        if (word is "true" or "false")
            return new Result(Known.Of(word == "true"), word, null);
        return char.IsLetter(word[0]) || word[0] is '_' or '[' or '{' ? Path(words, ref at, word) : null;
    }

    /// <summary>A name with what follows it in brackets: <c>result[0].value</c>, <c>len(result)</c>.</summary>
    private static Result? Path(List<string> words, ref int at, string word)
    {
        var start = at - 1;
        if (word[0] is '[' or '{')
            at = start;
        var isCount = word == "len" && at < words.Count && words[at] == "(";
        while (at < words.Count && words[at] is "(" or "[" or "{" or "." or "?.")
        {
            if (words[at] is "." or "?.")
            {
                at += 2;
                continue;
            }
            isCount &= at == start + 1;
            var depth = 0;
            do
            {
                depth += words[at] switch
                {
                    "(" or "[" or "{" => 1,
                    ")" or "]" or "}" => -1,
                    _ => 0,
                };
            } while (++at < words.Count && depth > 0);
            if (depth > 0)
                return null;
        }
        if (at > words.Count)
            return null;
        var text = string.Concat(words.GetRange(start, at - start));
        return new Result(isCount ? new Known(Sort.Count, 0, "") : Known.Nothing, text, null);
    }
}
