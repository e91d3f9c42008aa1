using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>A file of <c>tests/oracle</c>: cases with what the controllers' own code made of them, one JSON object a line, compressed.</summary>
internal static class OracleFile
{
    public static IEnumerable<JsonElement> Read(string path)
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, "tests", "oracle", path));
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var lines = new StreamReader(unpacked, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}
