using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Manifests;

/// <summary>What the tests of reading say over and over.</summary>
internal static class Reading
{
    public static (IReadOnlyList<Document> Documents, IReadOnlyList<ManifestError> Errors) Of(string text) =>
        new YamlReader().Read("f.yaml", Encoding.UTF8.GetBytes(text));

    /// <summary>The JSON of the only document.</summary>
    public static string Json(string text) => Only(text).Root.ToString();

    public static Document Only(string text)
    {
        var (documents, errors) = Of(text);
        Assert.Empty(errors);
        return Assert.Single(documents);
    }

    /// <summary>The only error, where there is no document.</summary>
    public static string Refusal(string text)
    {
        var (documents, errors) = Of(text);
        Assert.Empty(documents);
        return Assert.Single(errors).ToString();
    }

    /// <summary><c>spec/http/0/weight</c>: a step of digits is an index.</summary>
    public static Pointer At(string path)
    {
        var pointer = Pointer.Root;
        foreach (var step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            pointer = int.TryParse(step, out var index) ? new Pointer([.. pointer.Steps, new Pointer.Step(null, index)]) : pointer.Append(step);
        }
        return pointer;
    }

    public static string Place(Document document, string path)
    {
        var (line, column) = document.PositionOf(At(path));
        return $"{line}:{column}";
    }
}
