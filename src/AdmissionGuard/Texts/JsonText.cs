using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdmissionGuard.Texts;

/// <summary>JSON that people read too: indented, characters as they are.</summary>
internal static class JsonText
{
    public static string Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (
            var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        )
            write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>As <see cref="Of"/>, piece by piece: an audit may find more than one would hold in memory twice.</summary>
    /// <param name="write">Calls its second argument between two values, as often as it likes.</param>
    public static void Write(TextWriter output, Action<Utf8JsonWriter, Action> write)
    {
        var buffer = new ArrayBufferWriter<byte>(Piece);
        using (
            var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        )
        {
            write(json, () =>
            {
                if (buffer.WrittenCount + json.BytesPending < Piece)
                    return;
                json.Flush();
                Spill();
            });
        }
        Spill();
        output.WriteLine();

        void Spill()
        {
            output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
            buffer.ResetWrittenCount();
        }
    }

    private const int Piece = 1 << 16;

    /// <summary>An object of one text, as SARIF has them: <c>{"text": …}</c>.</summary>
    public static void WriteObject(this Utf8JsonWriter json, string name, params ReadOnlySpan<(string Key, string Value)> entries)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in entries)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
