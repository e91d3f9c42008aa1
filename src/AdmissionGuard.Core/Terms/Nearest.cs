namespace AdmissionGuard.Core.Terms;

/// <summary>Names that are valid at one place, and which of them somebody who mistyped one probably meant.</summary>
/// <remarks>What was asked once is remembered: a document that repeats a mistake costs one search. Used by one thread.</remarks>
public sealed class Nearest(IEnumerable<string> valid)
{
    private readonly (string Name, string Upper)[] names = [.. valid.Select(n => (n, n.ToUpperInvariant()))];
    private readonly Dictionary<string, string> hints = new(StringComparer.Ordinal);

    /// <summary>«, did you mean …?» where a valid name is near enough to be meant; nothing otherwise.</summary>
    public static string Hint(string typed, IEnumerable<string> valid) => new Nearest(valid).Hint(typed);

    /// <inheritdoc cref="Hint(string, IEnumerable{string})"/>
    public string Hint(string typed)
    {
        if (!hints.TryGetValue(typed, out var hint))
            hints[typed] = hint = Search(typed);
        return hint;
    }

    /// <summary>
    /// Only names of about the same length are compared, letter by letter: the time depends on the valid names, and not on what was typed.
    /// </summary>
    private string Search(string typed)
    {
        var upper = typed.Length <= names.Select(n => n.Name.Length + Tolerance(n.Name)).DefaultIfEmpty().Max() ? typed.ToUpperInvariant() : "";
        var best = names
            .Where(n => Math.Abs(n.Name.Length - typed.Length) <= Tolerance(n.Name))
            .Select(n => (n.Name, Distance: Distance(upper, n.Upper)))
            .Where(n => n.Distance <= Tolerance(n.Name))
            .OrderBy(n => n.Distance)
            .ThenBy(n => n.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name is null ? "" : $", did you mean {best.Name}?";
    }

    /// <summary>How many letters may be wrong.</summary>
    private static int Tolerance(string name) => Math.Max(2, name.Length / 3);

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.Length];
    }
}
