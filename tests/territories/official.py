# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small invented files in the shape of the official ones."""

from pathlib import Path

import openpyxl

FILES = {
    "regions.csv": """REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE
Z1,ZA001,0,HAUT CLAIRSAULT,Haut-Clairsault,Haut-Clairsault
""",
    "departements.csv": """DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE
ZA,Z1,ZA001,0,VAL DE CLAIR,Val-de-Clair,Val-de-Clair
ZB,Z1,ZB001,0,PLATEAU,Plateau,Plateau
""",
    "arrondissements.csv": """ARR,DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE
ZA1,ZA,Z1,ZA001,0,ORNE SUR CLAIR,Orne-sur-Clair,Orne-sur-Clair
""",
    "communes.csv": """TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
COM,ZA001,Z1,ZA,ZAD,ZA1,0,ORNE SUR CLAIR,Orne-sur-Clair,Orne-sur-Clair,0101,
COM,ZA002,Z1,ZA,ZAD,ZA1,0,SAINT OEUIL,Saint-Œuil,Saint-Œuil,0101,
COM,ZB001,Z1,ZB,ZBD,,0,SAINT OEUIL,Saint-Œuil,Saint-Œuil,0101,
COM,ZB002,Z1,ZB,ZBD,,0,LES DEUX HALTES,Deux Haltes,Les Deux Haltes,0101,
COMD,ZB003,,,,,0,HALTE HAUTE,Halte-Haute,Halte-Haute,,ZB002
""",
    "mouvements.csv": """MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP
10,2030-01-01,COM,ZA001,Orne,COM,ZA001,Orne-sur-Clair
32,2019-01-01,COM,ZB003,Halte-Haute,COM,ZB002,Les Deux Haltes
32,2019-01-01,COM,ZB003,Halte-Haute,COMD,ZB003,Halte-Haute
32,2019-01-01,COM,ZB002,Halte-Basse,COM,ZB002,Les Deux Haltes
10,1980-05-01,COM,ZB003,La Halte,COM,ZB003,Halte-Haute
31,1972-03-01,COM,ZB009,Vieille-Halte,COM,ZB003,La Halte
30,1950-01-01,COM,ZB008,Partage,COM,ZB001,Saint-Œuil
30,1950-01-01,COM,ZB008,Partage,COM,ZB002,Halte-Basse
20,1943-01-01,,,,COM,ZB009,Vieille-Halte
""",
}
HEADER = ("siren", "raison_sociale", "nb_membres", "total_pop_mun", "insee", "pmun_2029")
EPCI = (
    (299000001, "CC du Clair et du Plateau", 3, 4200, "ZA001", 3000),
    (299000001, "CC du Clair et du Plateau", 3, 4200, "ZA002", 900),
    (299000001, "CC du Clair et du Plateau", 3, 4200, "ZB003", 300),
)


def write_files(folder: Path, epci=EPCI, header=HEADER, **changed: str) -> Path:
    """Write the files; ``changed`` gives other contents by name without ending."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), text), encoding="utf-8")
    workbook = openpyxl.Workbook()
    for row in (header, *epci):
        workbook.worksheets[0].append(row)
    workbook.save(folder / "epci.xlsx")
    return folder
