/// A key pair made for these tests and used for nothing else.
enum ContractKey {
    static let privatePEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCqvbXKoXcMln06
        KVM7+6A+kaOyjaLJxDCoCziKeF5yYpTKdMLbwaa9B7pF3kAflr1+uqblf1AxNliE
        hQhge4myg1U6iFSGDz1TbiTFcoCvpH/GzhJnNPIkXfcGUKQtXNXz8zkguEZTsdQF
        2BpmJyFv9ihh5SysbGaheWwSR3HlW4jTNIbWygiTuFbwsJ0vrBCLjBNI7Ni0m0Nn
        IwqvnGXMo3iLDasQNS13/YnDof0p1KiJJqulgusYLz0stQYdIFBQBvan/xptASJY
        nLZxXlArEA+8CwzRrW1TG5ShAbpAI7f2rfUh+jTsknjTcGeH0Bg85Z/FVkuPsFe3
        s0X1wz4DAgMBAAECggEADpwbFFKkPpYZJkMalZUrZtv/10VAh7LbVi9XnQM9uaki
        NP/jgi0o2Lkl9D9XQOmDuRAjPDU2DG/4O3N5F9OaVB8VMBcx4rxZ5NJI7TUMbXsa
        8xnEM1z+PaRlgP6hF1lmD72UYG6Q/fpg1RTJW+WME+nkfLP0EnDxuzsJ+oQIhLW5
        6mSSGbrAscy6OgbVi6n2gpnC1yByyrJPZb6vri3Y8fEYp7aW0rePR3IMDDTO+n0y
        5SaG1sPrRGbAxIhL2VIomEjyow35AFYq7iS+48xL1ATbhT2DmZiaGrCWhi1sDa1+
        GtA7DbrwuZ4VrzMZ97KuwxYzMJy/6XsKECh47zgUeQKBgQDhXIcsDw8MhyLFPhwr
        7/sdFPIdahEgrgojfickth3HePE8iPk1Dn+MqDRjUElZZQPM9UVq7oaznGvSHsx2
        2XiMmk5axZk6r97CH2jUv0l0OQ+NZfRd/6tKNLLjmM/p1/Z/4pDnvnZK+BXesT5w
        vrmsaUVrtKRaR6JnQXnsXGgKLQKBgQDB9C0XE1yv+El1hiiwkir+qunynb9IPR1l
        VUp/ocHbNQthmLKkv4agWtwCQZpJP4amDyBsuhwR/6y42S3QBgkh1JoU0B50mcr8
        /fQm1zuPhVJvx4UXgrjc/GnJWN73PfPDjgypH5Gt+ya6fKhBbv0zdWU1xaE84K0U
        iP1Jp1V27wKBgQDbrIEKvocR1CxdjiSR47So7YDwkTKu41d4r4DidS9kAI1OT8p0
        IHTOnCus31cQb7obsL4A9Q+SxxgG0wTFmUi77bIRI2ow3bxLB6j9MJUeWHzDfS2N
        7yl+BQ6Xcp7AuEZM9IIBlBPlEhznXWibKB7/ZAJKceR/KDKzagy6DH1R5QKBgECT
        R5/zNlzwUaTrcgi34dDAnvvEQbePgYYHi7JK7PxLAOsRqAjqK6ygE7g8l13j5LTN
        PIJ2xHnJonw48uPb3paA7nwXfsxbmBX7h5qW9qGmRfgpecqGH36UG7SJ/lJbMhnd
        5aE5fYtrn01fy7VderfzUitBDZnzRC0eHxayu+XJAoGBAN7TkmgoUYnNuH/T85pS
        Raylscu0ef5NUDCOoHPoIi3vQMPIyvc1hKtIDU30KipSVNrtq/K3bR7clEjG8wts
        Tu/JfCc/pqdXGeCGG8xec+U6xYWTseCao6gRquPgcT2n7PBR61cV75r+gcZxWYt2
        MhgIwXeh8qY6sTkspBVOvDB2
        -----END PRIVATE KEY-----
        """

    static let publicPEM = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqr21yqF3DJZ9OilTO/ug
        PpGjso2iycQwqAs4inhecmKUynTC28GmvQe6Rd5AH5a9frqm5X9QMTZYhIUIYHuJ
        soNVOohUhg89U24kxXKAr6R/xs4SZzTyJF33BlCkLVzV8/M5ILhGU7HUBdgaZich
        b/YoYeUsrGxmoXlsEkdx5VuI0zSG1soIk7hW8LCdL6wQi4wTSOzYtJtDZyMKr5xl
        zKN4iw2rEDUtd/2Jw6H9KdSoiSarpYLrGC89LLUGHSBQUAb2p/8abQEiWJy2cV5Q
        KxAPvAsM0a1tUxuUoQG6QCO39q31Ifo07JJ403Bnh9AYPOWfxVZLj7BXt7NF9cM+
        AwIDAQAB
        -----END PUBLIC KEY-----
        """
}
