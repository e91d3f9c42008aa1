using System.Buffers;

namespace AdmissionGuard.Kubernetes;

/// <summary>Reads an answer within a bound of bytes and time.</summary>
internal static class ResponseBody
{
    /// <exception cref="ApiException">Too large, cut off, or too slow.</exception>
    public static async Task<ReadOnlyMemory<byte>> Read(HttpResponseMessage response, int most, TimeProvider time, CancellationToken stop)
    {
        var what = response.RequestMessage?.RequestUri?.ToString() ?? "the answer";
        if (response.Content.Headers.ContentLength > most)
            throw TooLarge(what, most);
        using var late = new CancellationTokenSource(ApiLimits.Body, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
            var buffer = new ArrayBufferWriter<byte>((int)(response.Content.Headers.ContentLength ?? 16 << 10) + 1);
            int read;
            while ((read = await stream.ReadAsync(buffer.GetMemory(1), both.Token)) > 0)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > most)
                    throw TooLarge(what, most);
                late.CancelAfter(ApiLimits.Body);
            }
            return buffer.WrittenMemory;
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{what}: the answer stopped for {ApiLimits.Body.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{what}: the answer was cut off: {ApiHandler.Innermost(e)}", e);
        }
    }

    private static ApiException TooLarge(string what, int most) =>
        new(null, ApiException.TooLarge, $"{what}: the answer is larger than {most >> 10} KiB");
}
