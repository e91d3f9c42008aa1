using System.Security.Cryptography;
using System.Text;

namespace AdmissionGuard.Files;

/// <summary>
/// What files look like, names and content. Of a mounted ConfigMap a link is swapped, which no file watcher sees and no time of the link need show;
/// policies are small
/// enough to be read.
/// </summary>
internal static class Fingerprint
{
    public static string Of(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                Append(hash, path);
                continue;
            }
            var folder = new Folder(Disk.Here, []);
            folder.Walk(path);
            foreach (var file in folder.Files.Concat(folder.Kustomizations).Order(StringComparer.Ordinal))
                Append(hash, file);
            foreach (var error in folder.Errors)
                hash.AppendData(Encoding.UTF8.GetBytes(error.ToString()));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>A file that is not there, or cannot be read, has a look too: that it changes is what counts.</summary>
    private static void Append(IncrementalHash hash, string file)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(file));
        try
        {
            using var stream = File.OpenRead(file);
            hash.AppendData(BitConverter.GetBytes(stream.Length));
            hash.AppendData(stream.Length > Limits.FileBytes ? [] : SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(e.GetType().Name));
        }
    }
}
