using System.Buffers;
using System.CommandLine;
using System.Text.Json;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Server;

namespace AdmissionGuard.Commands;

/// <summary><c>review</c>: AdmissionReviews in, responses out, as the server answers them. One document, or one a line.</summary>
internal static class ReviewCommand
{
    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "a file with AdmissionReviews, or - for standard input" };
        var endpoint = new Option<string>("--endpoint") { Description = "validate or mutate", DefaultValueFactory = _ => "validate", HelpName = "NAME" };
        endpoint.AcceptOnlyFromAmong("validate", "mutate");
        var policies = new PolicyOptions();
        var command = new Command("review", "Answers AdmissionReviews as the server would.") { file, endpoint };
        policies.AddTo(command);
        command.SetAction(parsed =>
        {
            var cluster = policies.ReadAll(parsed, terminal);
            var to = parsed.GetValue(endpoint) == "mutate" ? Webhook.Mutate : Webhook.Validate;
            return Answer(terminal, parsed.GetValue(file)!, to, cluster);
        });
        return command;
    }

    private static int Answer(Terminal terminal, string file, Webhook endpoint, Cluster cluster)
    {
        var bytes = ReadBytes(terminal, file);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = Node.ParseOptions.MaxDepth });
        var status = 0;
        var answer = new ArrayBufferWriter<byte>();
        try
        {
            while (reader.Read())
            {
                var begin = (int)reader.TokenStartIndex;
                reader.Skip();
                var document = Node.Parse(bytes.AsMemory(begin, (int)reader.BytesConsumed - begin));
                if (AdmissionReview.Read(document, endpoint, DateTimeOffset.UtcNow, out var reason) is not { } request)
                {
                    terminal.Error.WriteLine($"{file}:{LineOf(bytes, begin)}: {reason}");
                    status = 2;
                    continue;
                }
                var verdict = Evaluator.Evaluate(request.Review, cluster);
                answer.ResetWrittenCount();
                AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
                terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(answer.WrittenSpan));
                if (status == 0 && !verdict.Allowed) status = 1;
            }
        }
        catch (JsonException e)
        {
            terminal.Error.WriteLine($"{file}:{LineOf(bytes, (int)reader.BytesConsumed)}: no JSON: {e.Message}");
            status = 2;
        }
        return status;
    }

    private static int LineOf(byte[] bytes, int offset) => bytes.AsSpan(0, Math.Min(offset, bytes.Length)).Count((byte)'\n') + 1;

    private static byte[] ReadBytes(Terminal terminal, string file)
    {
        try
        {
            if (file != "-") return File.ReadAllBytes(file);
            using var all = new MemoryStream();
            terminal.In.CopyTo(all);
            return all.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: cannot be read: {e.Message}");
        }
    }
}
