using System.Text;
using System.Text.RegularExpressions;

namespace AdmissionGuard.Files;

/// <summary>
/// A pattern of <c>--exclude</c>: <c>*</c> and <c>?</c> within a name, <c>**</c> over folders. Without a slash it fits a name at any depth, with one
/// the path
/// as given. A pattern that fits a folder fits all in it.
/// </summary>
internal sealed class Glob
{
    private readonly Regex regex;

    public Glob(string pattern)
    {
        var path = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        path = path.TrimEnd('/');
        // NonBacktracking: a pattern cannot make the matching slow
        regex = new Regex(
            $"^{(path.Contains('/', StringComparison.Ordinal) ? "" : "(?:.*/)?")}{Translate(path)}(?:/.*)?$",
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline
        );
    }

    public bool Fits(string path) => regex.IsMatch(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path);

    private static string Translate(string pattern)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest.StartsWith("**/"))
            {
                text.Append("(?:.*/)?");
                i += 2;
            }
            else if (rest.StartsWith("**"))
            {
                text.Append(".*");
                i++;
            }
            else if (pattern[i] == '*')
                text.Append("[^/]*");
            else if (pattern[i] == '?')
                text.Append("[^/]");
            else
                text.Append(Regex.Escape(pattern[i].ToString()));
        }
        return text.ToString();
    }
}
